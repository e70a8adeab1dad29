# fazhi as an ordinary user; the data folder is the volume /data, the sources are mounted at /reports
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml requirements.lock README.md LICENSE* ./
COPY schemas schemas
COPY transforms transforms
COPY warehouse warehouse
COPY expectations expectations
COPY flows flows
COPY samples samples
# the versions of the lock file, without those that only the tests need
RUN sed -e '/--hash/d' -e 's/ *\\$//' requirements.lock > constraints.txt \
 && python -m venv /opt/fazhi \
 && /opt/fazhi/bin/pip install --no-cache-dir --constraint constraints.txt ".[explore,web]"

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 fazhi && mkdir /data && chown fazhi /data
COPY --from=build /opt/fazhi /opt/fazhi
ENV PATH=/opt/fazhi/bin:$PATH LANG=C.UTF-8 FAZHI_DATA=/data
USER fazhi
WORKDIR /home/fazhi
VOLUME /data
ENTRYPOINT ["fazhi"]
CMD ["--help"]
