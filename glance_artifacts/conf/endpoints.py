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

"""Options of the group ``artifacts`` about bytes that other services have."""

from oslo_config import cfg

OPTS = [
    cfg.ListOpt('local_pools',
                default=[],
                help="""
Pools whose bytes this service serves.

Metadata of all pools are served everywhere. Requests for bytes of a pool that
is not named here are answered with 307, which leads to its ``endpoint``. All
services that share a database know all pools and stores; but what keeps bytes
of such pools alone need not be within reach here.

Possible values:
    * A comma separated list of names, each one of ``pools``
    * Empty: all of them

Related options:
    * pools
    * [artifact_pool:NAME]/endpoint
"""),
    cfg.StrOpt('images_endpoint',
               help="""
The URL of the glance-api that serves images, for a service that does not.

``GET``, ``HEAD`` and ``PUT`` of the bytes of an image are then answered with
307, which leads to ``images/ID/file`` behind this URL. Clients send their
token there: it must be a glance-api of your own, and ``https`` unless the
network is trusted. Where the type ``images`` is offered this option means
nothing.

Possible values:
    * The URL of the API, up to and with ``/v2``, such as
      ``https://glance.example.com:9292/v2``
    * Unset: nothing is known of images

Related options:
    * standalone_images
"""),
]
