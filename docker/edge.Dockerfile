# A cabinet's or a station's agent. The station folder is mounted at /var/lib/yungui/station; serial ports with --device.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
# Lent by docker/build.sh for the time of the build; none of them stays in the image.
ARG PIP_CERT PIP_FIND_LINKS PIP_DEFAULT_TIMEOUT PIP_INDEX_URL

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libgl1 libglib2.0-0 libzbar0 python3 python3-venv tzdata \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/yungui
COPY requirements/edge.txt requirements/edge.txt
RUN python3 -m venv /opt/yungui/venv \
    && venv/bin/pip install --no-cache-dir --require-hashes -r requirements/edge.txt

COPY pyproject.toml LICENSE README.md ./
COPY custody custody
COPY firmware_bridge firmware_bridge
COPY hardware hardware
COPY paper paper
COPY edge edge
RUN echo /opt/yungui > "$(venv/bin/python -c 'import site; print(site.getsitepackages()[0])')/yungui.pth" \
    && useradd --system --uid 999 --home-dir /var/lib/yungui --create-home --groups dialout --shell /usr/sbin/nologin yungui \
    && venv/bin/python -m compileall -q custody firmware_bridge hardware paper edge

USER yungui
VOLUME /var/lib/yungui
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/yungui/venv/bin/python", "-m", "edge"]
CMD ["run", "--station", "/var/lib/yungui/station"]
