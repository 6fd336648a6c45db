"""All that knows ffmpeg and ffprobe. A plain package: nothing here imports Django."""
