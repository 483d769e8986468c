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

"""glance-api's own configuration, for the commands."""

from __future__ import annotations

import os
import pathlib

from oslo_config import cfg

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions

API_CONF = 'glance-api.conf'
# read before it by glance-api, where it is there
_IMPORT_CONF = 'glance-image-import.conf'


def load(directory: str | None) -> cfg.ConfigOpts:
    """What glance-api reads, from the files that it reads.

    :param directory: of glance-api.conf; None: where glance-api looks
    :raises Misconfigured: when there is no such file, or it cannot be read
    """
    directory = (directory or os.environ.get('OS_GLANCE_CONFIG_DIR')
                 or '/etc/glance').strip()
    path = pathlib.Path(directory) / API_CONF
    if not path.is_file():
        raise exceptions.Misconfigured(
            'there is no %s' % API_CONF, option='--config-dir',
            value=directory, remedy='name the directory that holds it')
    conf = cfg.ConfigOpts()
    artifacts_conf.register_opts(conf)
    try:
        conf([], project='glance', prog='glance-api',
             default_config_files=_files(path))
    except (cfg.Error, OSError, UnicodeDecodeError) as exc:
        raise exceptions.Misconfigured(
            ' '.join(str(exc).split()), option=str(path),
            remedy='correct the file') from exc
    return conf


def _files(path: pathlib.Path) -> list[str]:
    first = path.with_name(_IMPORT_CONF)
    return [str(each) for each in (first, path)
            if each == path or each.exists()]
