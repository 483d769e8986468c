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

"""The options of ``[artifacts]`` on how much projects may have."""

from oslo_config import cfg
from oslo_config import types

OPTS = [
    cfg.IntOpt('max_artifacts',
               default=-1,
               min=-1,
               help="""
Artifacts that a project may have, of all types together.

Drafts count, deleted artifacts do not. A limit that is lowered refuses new
artifacts only. Images are counted by Glance alone.

Possible values:
    * A number of artifacts
    * -1: no limit

Related options:
    * [artifacts]/max_artifacts_by_type
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
    cfg.Opt('max_artifacts_by_type',
            type=types.Dict(types.Integer(min=-1)),
            default={},
            help="""
Artifacts of one type that a project may have.

Types that are not named have no limit of their own. The limit for all types
together holds, too.

Possible values:
    * A comma separated list of TYPE:NUMBER, such as ``helm_charts:100``

Related options:
    * [artifacts]/max_artifacts
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
    cfg.IntOpt('max_bytes',
               default=-1,
               min=-1,
               help="""
Bytes that the blobs of a project may have, of all types together.

Bytes of uploads under way count. A limit that is lowered refuses new uploads
only.

Possible values:
    * A number of bytes
    * -1: no limit

Related options:
    * [artifacts]/max_bytes_by_type
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
    cfg.Opt('max_bytes_by_type',
            type=types.Dict(types.Integer(min=-1)),
            default={},
            help="""
Bytes that the blobs of one type may have in a project.

Types that are not named have no limit of their own. The limit for all types
together holds, too.

Possible values:
    * A comma separated list of TYPE:NUMBER, such as
      ``ml_models:1099511627776``

Related options:
    * [artifacts]/max_bytes
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
]
