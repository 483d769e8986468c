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


"""The images of this cloud, as artifacts."""

from __future__ import annotations

from glance_artifacts import types
from glance_artifacts.types import common

#: Nothing is refused here that Glance takes: its own limits decide.
_ANY_SIZE = 2 ** 63 - 1
_TEXT = 65535
_WORDS = ('queued', 'saving', 'uploading', 'importing', 'active',
          'deactivated', 'killed')
_VISIBILITIES = ('private', 'shared', 'community', 'public')


class Image(types.ArtifactType):
    """A virtual machine image of Glance.

    The same image as under /v2/images, with the same id: what is changed
    here is changed there. Glance checks every value, asks its own policies
    and keeps the bytes in its own stores; an image becomes active when its
    bytes are there. Its further properties are in metadata.
    """

    type_name = 'images'
    common = common.redeclared(
        nullable=('name', 'owner'),
        name=types.String('Name.', mutable=True, filterable=True,
                          sortable=True),
        version=types.SemVer(
            'Version as in SemVer 2; kept in the property artifact_version.',
            default='0.0.0', mutable=True),
        tags=types.List('Words to find the image by.', mutable=True,
                        filterable=True, unique=True, max_items=10000),
        metadata=types.Dict(
            'Further properties, such as those of the image schema.',
            mutable=True, filterable=True, max_items=10000,
            of=types.String(max_length=_TEXT)),
        visibility=types.String('Who may see the image.', mutable=True,
                                enum=_VISIBILITIES, default='shared',
                                filterable=True, sortable=True),
        owner=types.String('Project that the image belongs to.',
                           mutable=True, filterable=True))

    image_status = types.String('State of the image, in Glance\'s own word.',
                                computed=True, enum=_WORDS, filterable=True,
                                sortable=True)
    disk_format = types.String('Format of the disk.', required=True,
                               mutable=True, filterable=True, sortable=True)
    container_format = types.String(
        'Format of the container.', required=True, mutable=True,
        filterable=True, sortable=True)
    min_disk = types.Integer('Disk needed to boot it, in GB.', mutable=True,
                             default=0, filterable=True)
    min_ram = types.Integer('Memory needed to boot it, in MB.',
                            mutable=True, default=0, filterable=True)
    protected = types.Boolean('It cannot be deleted.', mutable=True,
                              default=False, filterable=True)
    os_hidden = types.Boolean('Lists leave it out.', mutable=True,
                              default=False, filterable=True)
    size = types.Integer('Size of the bytes.', computed=True,
                         filterable=True, sortable=True)
    virtual_size = types.Integer('Size of the disk in them, in bytes.',
                                 computed=True, filterable=True)
    checksum = types.String('Their md5 digest.', computed=True,
                            filterable=True)
    os_hash_algo = types.String('Algorithm of os_hash_value.',
                                computed=True, filterable=True)
    os_hash_value = types.String('Their digest by that algorithm.',
                                 computed=True, filterable=True)
    file = types.Blob('The bytes.', required=True, max_size=_ANY_SIZE,
                      content_types=('application/octet-stream',))
