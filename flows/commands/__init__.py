"""The commands of `fazhi`: each module declares the options of its commands beside their bodies."""
