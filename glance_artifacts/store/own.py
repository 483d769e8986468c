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

"""Stores whose drivers we make ourselves.

glance_store finds stores by tables of its own, which are those of the whole
process, and Glance by its option ``enabled_backends``. What is here stands in
neither, so that nothing but ours can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
import pathlib
import threading
from typing import Any
import urllib.parse

from glance_store import capabilities
from glance_store import exceptions as store_exc
from glance_store import location as store_location
from oslo_config import cfg
from oslo_log import log as logging

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.conf import values
from glance_artifacts import exceptions
from glance_artifacts.store import drivers
from glance_artifacts.store import files
from glance_artifacts.store import pools

LOG = logging.getLogger(__name__)
OPTION = '[artifacts]/stores'
#: That of Swift reads its file into a parser which all of its kind share.
_MAKING = threading.Lock()


class Stores:
    """Stores by name, each with its driver.

    :param conf: for the drivers alone: they change defaults in it
    :param kinds: of drivers, by the names of the stores
    :param option: the one that names them
    :param far: names of stores, of whomever, that other services see to
    """

    def __init__(self, conf: cfg.ConfigOpts, kinds: Mapping[str, str],
                 option: str = OPTION,
                 far: frozenset[str] = frozenset()) -> None:
        self.far = far
        self._conf = conf
        self._kinds = dict(kinds)
        self._option = option
        self._classes: dict[str, drivers.DriverClass] = {}
        self._made: dict[str, Any] = {}

    @classmethod
    def from_conf(cls, conf: cfg.ConfigOpts,
                  glances: bool = False) -> Stores:
        """Those of ``[artifacts] stores``, ready for work.

        One that cannot be used is said so in the log, and tried again when
        it is wanted: it must not keep the others from working. What pools
        that are served elsewhere have alone is left alone until then: it may
        be another host's disk.

        :param glances: those of Glance, too, which is not in this process
        :raises Misconfigured: for a value that its option cannot have
        """
        kinds = conf.artifacts.stores
        if glances:
            kinds = {**glance_conf.stores(conf), **kinds}
        stores = cls(private(conf, kinds), kinds, far=pools.far_stores(conf))
        for name in kinds:
            stores._class(name)
            if name in stores.far:
                continue
            try:
                stores._make(name)
            except exceptions.Misconfigured as exc:
                LOG.error('Artifacts do without a store: %s', exc.detail)
        return stores

    def __contains__(self, name: str) -> bool:
        return name in self._kinds

    def names(self) -> list[str]:
        return sorted(self._kinds)

    def kind(self, name: str) -> str:
        """What the option says of a store."""
        return self._kinds[name]

    def driver(self, name: str) -> Any:
        """The driver of a store, which is made unless it is there.

        :raises Misconfigured: when the store cannot be used
        """
        found = self._made.get(name)
        if found is None:
            for path in self.directories(name):
                if not path.exists():
                    # the driver would make it, where a disk is missing
                    raise drivers.broken(name, '%s does not exist' % path)
            found = self._make(name)
        return found

    def location(self, name: str, uri: str) -> store_location.Location:
        """What the driver of a store calls a place in it."""
        driver = self.driver(name)
        scheme = urllib.parse.urlparse(uri).scheme
        if scheme not in driver.get_schemes():
            raise store_exc.UnknownScheme(scheme=scheme)
        return store_location.Location(
            scheme, driver.get_store_location_class(), self._conf, uri=uri,
            backend=name)

    def directories(self, name: str) -> list[pathlib.Path]:
        """Where a file store keeps its files; of others nothing."""
        self._class(name)
        return files.directories(self._conf, name)

    def _class(self, name: str) -> drivers.DriverClass:
        """The class of a store's driver, whose options have values.

        :raises Misconfigured: when it does not load, or naming the first
            option that has not
        """
        if name not in self._classes:
            found = drivers.load(name, self._kinds[name], self._option)
            options = drivers.register(self._conf, name, found)
            for problem in values.problems(self._conf, name, options):
                raise problem
            self._classes[name] = found
        return self._classes[name]

    def _make(self, name: str) -> Any:
        driver_class = self._class(name)
        with _MAKING:
            driver = self._made.get(name)
            if driver is None:
                driver = drivers.configure(self._conf, name,
                                           self._kinds[name], driver_class)
                if driver.is_capable(capabilities.BitMasks.DRIVER_REUSABLE):
                    self._made[name] = driver
            return driver


def private(conf: cfg.ConfigOpts,
            kinds: Mapping[str, str]) -> cfg.ConfigOpts:
    """The same files once more, with these as the only stores."""
    own = cfg.ConfigOpts()
    own([], project='glance', prog='glance-api',
        default_config_files=conf.config_file,
        default_config_dirs=conf.config_dir)
    own.register_opt(cfg.DictOpt('enabled_backends'))
    own.set_override('enabled_backends', dict(kinds))
    return own
