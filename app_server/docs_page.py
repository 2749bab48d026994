"""The reader's page of the API: Swagger UI from a package of this installation, nothing from another host."""

from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

DOCS_PATH = "/api/v1/docs"
OPENAPI_PATH = "/api/v1/openapi.json"
# fastapi-swagger (MIT) carries swagger-ui (Apache-2.0); only its files are used.
_RESOURCES = "fastapi_swagger.resources"
_MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}

_PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Day2053 API</title>
<link rel="icon" href="{DOCS_PATH}/favicon-32x32.png">
<link rel="stylesheet" href="{DOCS_PATH}/swagger-ui.css"></head>
<body><div id="api"></div>
<script src="{DOCS_PATH}/swagger-ui-bundle.js"></script>
<script src="{DOCS_PATH}/start.js"></script></body>
</html>
"""
# A file of its own, so that the page's policy needs no inline script.
_START = f'SwaggerUIBundle({{url: "{OPENAPI_PATH}", dom_id: "#api", deepLinking: true}});\n'

router = APIRouter(prefix=DOCS_PATH, include_in_schema=False)


@router.get("")
def page() -> HTMLResponse:
    """The page."""
    return HTMLResponse(_PAGE)


@router.get("/start.js")
def start() -> Response:
    """What starts it."""
    return Response(_START, media_type="text/javascript")


@router.get("/swagger-ui-bundle.js")
def script() -> Response:
    """Swagger UI's code."""
    return _resource("swagger-ui-bundle.js")


@router.get("/swagger-ui.css")
def style() -> Response:
    """Swagger UI's style."""
    return _resource("swagger-ui.css")


@router.get("/favicon-32x32.png")
def icon() -> Response:
    """Swagger UI's icon."""
    return _resource("favicon-32x32.png")


def _resource(name: str) -> Response:
    content = files(_RESOURCES).joinpath(name).read_bytes()
    return Response(content, media_type=_MEDIA_TYPES[name], headers={"Cache-Control": "public, max-age=86400"})
