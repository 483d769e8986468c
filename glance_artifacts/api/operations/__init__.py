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

"""What is known of each of our routes: one table for all who tell of them.

The OpenAPI document and the API reference are made from it. A test fails for
a route that is not here, and another for a code that no answer has.

To add a route, give its line in ``api.routes`` an entry in one of the modules
here: a title, a text and the answers that not every operation has.
"""

from glance_artifacts.api.operations import actions
from glance_artifacts.api.operations import artifacts
from glance_artifacts.api.operations import blobs
from glance_artifacts.api.operations import catalogue
from glance_artifacts.api.operations import members
from glance_artifacts.api.operations import tags
from glance_artifacts.api.operations import uploads

#: The chapters of the API reference, in their order.
CHAPTERS = {
    'Catalogue and schemas': catalogue.OPERATIONS,
    'Artifacts': artifacts.OPERATIONS,
    'Actions': actions.OPERATIONS,
    'Tags': tags.OPERATIONS,
    'Members': members.OPERATIONS,
    'Blobs': blobs.OPERATIONS,
    'Uploads in parts': uploads.OPERATIONS,
}

#: By method and path, as in the table of routes.
OPERATIONS = {key: operation for chapter in CHAPTERS.values()
              for key, operation in chapter.items()}
