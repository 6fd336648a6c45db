# Sourced by setup and run: which Python, its virtual environment, and the right build of PyTorch.
# shellcheck shell=bash

# Prints a Python that is new enough; PYTHON=... says which one to take.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

virtual_environment() {
    local python
    python=$(find_python) || stop "VideoStream needs Python 3.11 or newer; set PYTHON=/path/to/python if it has another name."
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        say "Making a virtual environment in .venv with $("$python" -V) ..."
        quietly "$python" -m venv --clear .venv
    fi
}

# Linux x86-64 gets several GB of GPU libraries with PyTorch from the package index. A machine without such a GPU
# is better off with the CPU build: pip finds it if it was told where (PIP_FIND_LINKS and the like), uv knows PyTorch's own
# index. Where neither does, the requirements bring the large build, which works as well.
install_torch() {
    local version
    version=$(sed -n 's/^torch==//p' requirements.txt)
    if [[ $(uname -sm) != "Linux x86_64" ]] || nvidia-smi >/dev/null 2>&1 || has_torch "$version"; then
        return
    fi
    .venv/bin/pip install --disable-pip-version-check -q "torch==$version+cpu" >/dev/null 2>&1 && return
    .venv/bin/pip install --disable-pip-version-check -q uv >/dev/null 2>&1 || true
    UV_HTTP_TIMEOUT=30 .venv/bin/uv pip install -q --python .venv/bin/python --torch-backend=cpu "torch==$version" \
        >/dev/null 2>&1 && return
    say "PyTorch's own package index does not answer: taking the large build with GPU libraries (several GB) ..."
}

has_torch() { # VERSION
    [[ $(.venv/bin/python -c 'from importlib.metadata import version; print(version("torch"))' 2>/dev/null) == "$1"* ]]
}
