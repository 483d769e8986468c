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

"""What is right in the middle of all that is wrong."""

from oslo_policy import policy

from glance_artifacts import types

PATH = '/sound_types/{id}/actions/hello'


class Type(types.ArtifactType):
    """A type that works."""

    type_name = 'sound_types'


def hello(request):
    request.authorize(request.artifact())
    return {'greeting': 'sound'}


ROUTES = (types.Route('POST', PATH, hello, policy.DocumentedRuleDefault(
    'sound:hello', 'role:member', 'Say hello.',
    [{'method': 'POST', 'path': PATH}])),)
