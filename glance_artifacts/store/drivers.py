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

"""glance_store's drivers, without making them stores of this process."""

from __future__ import annotations

from glance_store import capabilities
from glance_store import driver as store_driver
from glance_store import exceptions as store_exc
from oslo_config import cfg
from stevedore import driver as plugins
from stevedore import exception as plugins_exc

from glance_artifacts import exceptions

_DRIVERS = 'glance_store.drivers'
_BACKENDS = '[DEFAULT]/enabled_backends'

DriverClass = type[store_driver.Store]


def load(name: str, kind: str, option: str = _BACKENDS) -> DriverClass:
    """The class of a driver.

    :param name: the store's, for what is said when it does not load
    :param option: the one that names it, likewise
    :raises Misconfigured: when there is none of this kind
    """
    try:
        return plugins.DriverManager(_DRIVERS, kind).driver
    except plugins_exc.NoMatches as exc:
        raise exceptions.Misconfigured(
            'there is no driver "%s"' % kind, option=option,
            value='%s:%s' % (name, kind),
            remedy='name one that glance_store has') from exc
    except Exception as exc:
        raise exceptions.Misconfigured(
            'the driver does not load: %s' % _text(exc), option=option,
            value='%s:%s' % (name, kind),
            remedy='install what it needs') from exc


def register(conf: cfg.ConfigOpts, name: str,
             driver_class: DriverClass) -> list[cfg.Opt]:
    """Register the options of a store in its group; harmless when repeated."""
    # some drivers look into their group before they register it
    options = list(driver_class.OPTIONS or ())
    conf.register_group(cfg.OptGroup(name))
    conf.register_opts(options, group=name)
    # that of Swift asks for it
    conf.register_opt(cfg.StrOpt('default_backend'), group='glance_store')
    return options


def configure(conf: cfg.ConfigOpts, name: str, kind: str,
              driver_class: DriverClass) -> store_driver.Store:
    """A driver that is ready for work; one of files makes its directories.

    :raises Misconfigured: when it cannot be used
    """
    try:
        driver = driver_class(conf, name)
        driver.configure(re_raise_bsc=True)
    except Exception as exc:
        raise broken(name, _text(exc)) from exc
    if not driver.is_capable(capabilities.BitMasks.WRITE_ACCESS):
        raise broken(name, 'the driver "%s" does not write' % kind)
    return driver


def broken(name: str, problem: str) -> exceptions.Misconfigured:
    """What to say of a store that cannot be used."""
    return exceptions.Misconfigured(
        'the store cannot be used: %s' % problem, option='[%s]' % name,
        remedy='correct its options, and run this as the user that'
               ' glance-api runs as')


def _text(exc: Exception) -> str:
    text = ' '.join(str(exc).split()).rstrip('.')
    if isinstance(exc, store_exc.BadStoreConfiguration):
        return text
    return '%s: %s' % (type(exc).__name__, text)
