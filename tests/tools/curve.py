"""Confidence and how often it is right -> a picture in SVG."""

from __future__ import annotations

SIZE, MARGIN, BINS = 320, 40, 10


def reliability_curve(answers: list[tuple[float, bool]]) -> str:
    """Returns an SVG: for each tenth of confidence, the share of the answers that are right.

    `answers` are (confidence, right). The area of a point shows how many answers are in its tenth.
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in answers:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    points = []
    for group in bins:
        if group:
            mean = sum(confidence for confidence, _ in group) / len(group)
            right_share = sum(right for _, right in group) / len(group)
            radius = 2 + 10 * (len(group) / len(answers)) ** 0.5
            points.append((_x(mean), _y(right_share), radius))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>' for x, y, r in points)
    ticks = "".join(
        f'<text x="{_x(i / 5):.0f}" y="{_y(0) + 16:.0f}" text-anchor="middle">{i / 5:.1f}</text>'
        f'<text x="{_x(0) - 6:.0f}" y="{_y(i / 5) + 4:.0f}" text-anchor="end">{i / 5:.1f}</text>'
        for i in range(6)
    )
    width = SIZE + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" font-size="11" '
        f'font-family="sans-serif"><rect width="{width}" height="{width}" fill="white"/>'
        f'<path d="M{_x(0)} {_y(0)}H{_x(1)}M{_x(0)} {_y(0)}V{_y(1)}" stroke="black"/>'
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="gray" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="steelblue"/>'
        f'<g fill="steelblue" fill-opacity="0.6">{circles}</g>{ticks}'
        f'<text x="{width / 2}" y="{width - 6}" text-anchor="middle">confidence</text>'
        f'<text x="{MARGIN}" y="{MARGIN - 14}">share that is right</text></svg>\n'
    )


def _x(share: float) -> float:
    return MARGIN + share * SIZE


def _y(share: float) -> float:
    return MARGIN + (1 - share) * SIZE
