# The hub: ingest, API and pages in one process. Data lives in /var/lib/yungui; nothing else is written.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
# Lent by docker/build.sh for the time of the build; none of them stays in the image.
ARG PIP_CERT PIP_FIND_LINKS PIP_DEFAULT_TIMEOUT PIP_INDEX_URL

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates fonts-wqy-microhei python3 python3-venv tzdata \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/yungui
COPY requirements/hub.txt requirements/hub.txt
RUN python3 -m venv /opt/yungui/venv \
    && venv/bin/pip install --no-cache-dir --require-hashes -r requirements/hub.txt

COPY pyproject.toml LICENSE README.md ./
COPY custody custody
COPY paper paper
COPY hub hub
RUN echo /opt/yungui > "$(venv/bin/python -c 'import site; print(site.getsitepackages()[0])')/yungui.pth" \
    && useradd --system --uid 999 --home-dir /var/lib/yungui --create-home --shell /usr/sbin/nologin yungui \
    && venv/bin/python -m compileall -q custody paper hub

USER yungui
VOLUME /var/lib/yungui
EXPOSE 8443
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/yungui/venv/bin/python", "-m", "hub"]
CMD ["run", "--data", "/var/lib/yungui/hub"]
