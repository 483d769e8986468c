# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

from typing import Any

import glance_artifacts
from glance_artifacts.api import json_body
from glance_artifacts.api import query
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts.store import pools
from glance_artifacts.types import base as types_base


def show(req: request.Request) -> dict[str, Any]:
    """Types, pools and limits."""
    req.authorize()
    service = req.service
    return {
        'version': glance_artifacts.__version__,
        'types': sorted([*_enabled(service), *_disabled(service)],
                        key=lambda entry: entry['name']),
        'pools': [{'name': name, 'endpoint': endpoint,
                   'abilities': ['ranges']}
                  for name, endpoint in sorted(_pools(service).items())],
        'limits': {'body': json_body.MAX_BYTES, 'depth': json_body.MAX_DEPTH,
                   'page': query.MAX_LIMIT},
    }


def schemas(req: request.Request) -> dict[str, Any]:
    req.authorize()
    registry = req.service.registry
    return {'schemas': {
        name: _schema(req, registry.default(name))
        for name in sorted(registry.enabled)}}


def schema(req: request.Request) -> dict[str, Any]:
    req.authorize({'type_name': req.args['type_name']})
    return _schema(req, req.type_class)


def _schema(req: request.Request,
            type_class: type[types_base.ArtifactType]) -> dict[str, Any]:
    return req.repository_of(type_class).schema(type_class)


def _pools(service) -> dict[str, str | None]:
    """The pools, each with the URL of who serves its bytes."""
    found = {pool.name: pool.endpoint for pool in service.pools}
    for name in service.registry.enabled:
        pool = service.pools.for_type(name)
        found[pool.name] = pool.endpoint
    if service.images_endpoint is not None:
        found[pools.IMAGES] = service.images_endpoint
    return found


def _enabled(service) -> list[dict[str, Any]]:
    return [{'name': name, 'versions': list(versions),
             'default_version': list(versions)[-1],
             'title': service.registry.default(name).title,
             'schema': views.schema_path(name),
             'pool': service.pools.for_type(name).name,
             'status': 'enabled', 'actions': service.actions(name)}
            for name, versions in service.registry.enabled.items()]


def _disabled(service) -> list[dict[str, Any]]:
    return [{'name': name, 'versions': [], 'default_version': None,
             'title': '', 'schema': None, 'pool': None, 'status': 'disabled',
             'actions': []}
            for name in service.registry.disabled]
