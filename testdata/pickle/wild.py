#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Write pickles of values that PyMongo cannot encode, and their values in BSON.

Runs on Python 2.7 and 3.6+. Prints a JSON object per line:

    {"writer": "CPython 3.13.0", "type": "set", "protocol": 2, "hex": "...",
     "unknown": "convert", "expected": "[...]"}

expected is canonical Extended JSON of the value that this interpreter loads
again, with DecodeOptions.Unknown as unknown says. Objects that are described
are taken apart with __reduce_ex__, not with the pickle. Modules that this
interpreter lacks are left out: pytz, dateutil, zoneinfo, django, mongoengine.

    PYTHONPATH=DIRECTORY_OF_MODULES python3 wild.py [PROTOCOL ...]
"""
from __future__ import print_function

import base64
import collections
import datetime
import decimal
import functools
import json
import os
import pickle
import platform
import sys
import time

os.environ['TZ'] = 'UTC'  # of dateutil's tzlocal
if hasattr(time, 'tzset'):
    time.tzset()

PY2 = sys.version_info[0] == 2
if PY2:
    text_type = unicode  # noqa: F821
    int_types = (int, long)  # noqa: F821
    import copy_reg as copyreg
    NAMES, MODULES = {}, {}
else:
    text_type = str
    int_types = (int,)
    import copyreg
    from _compat_pickle import REVERSE_IMPORT_MAPPING as MODULES
    from _compat_pickle import REVERSE_NAME_MAPPING as NAMES

EPOCH = datetime.datetime(1970, 1, 1)
CONTAINERS = ('BaseDict', 'BaseList', 'EmbeddedDocumentList')


# Objects of all forms. They are in __main__.

class Plain(object):
    def __init__(self):
        self.a = 1


class Old:  # of Python 2, without object
    pass


class Slots(object):
    __slots__ = ('x', 'y')

    def __init__(self):
        self.x = 1
        self.y = None


class Bare(object):
    pass


class List(list):
    pass


class Dict(dict):
    pass


class Text(text_type):
    pass


class Named(object):
    def __new__(cls, a, b=0):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (1,), {'b': 2}


class Broken(Exception):
    def __init__(self, message):
        Exception.__init__(self, message)
        self.code = 3


Point = collections.namedtuple('Point', 'x y')

if not PY2:
    import enum

    class Color(enum.Enum):
        RED = 1


def numbers(v):
    if -2**31 <= v < 2**31 and not (PY2 and isinstance(v, long)):  # noqa: F821
        return {'$numberInt': '%d' % v}
    if -2**63 <= v < 2**63:
        return {'$numberLong': '%d' % v}
    return '%d' % v


def millis(d):
    offset = d.utcoffset() or datetime.timedelta(0)
    delta = d.replace(tzinfo=None) - EPOCH - offset
    micros = (delta.days * 86400 + delta.seconds) * 10**6 + delta.microseconds
    return {'$date': {'$numberLong': '%d' % (micros // 1000)}}


def double(f):
    return {'$numberDouble': repr(f)}


def binary(b):
    return {'$binary': {'base64': base64.b64encode(b).decode('ascii'), 'subType': '00'}}


def texts(keys):
    return all(isinstance(k, (str, text_type)) for k in keys)


class Shower(object):
    """Makes the value that the reader has for a pickle of one protocol."""

    def __init__(self, protocol):
        self.protocol = protocol

    def name(self, cls):
        module, name = cls.__module__, getattr(cls, '__qualname__', cls.__name__)
        if self.protocol < 3:
            module, name = NAMES.get((module, name), (MODULES.get(module, module), name))
        known = {('__builtin__', 'long'): ('builtins', 'int'), ('__builtin__', 'xrange'): ('__builtin__', 'xrange')}
        module, name = known.get((module, name), (module, name))
        if module == '__builtin__' and name in ('int', 'str', 'dict', 'list', 'tuple', 'set', 'float', 'bool', 'object', 'getattr'):
            module = 'builtins'  # names on the list are shown as Python 3 has them
        return module + '.' + name

    def pairs(self, d):
        return [[self.show(k), self.show(v)] for k, v in d.items()]

    def document(self, d):
        if texts(d):
            return collections.OrderedDict((k, self.show(v)) for k, v in d.items())
        return collections.OrderedDict([('$py', 'builtins.dict'), ('args', [self.pairs(d)])])

    def show(self, v):
        t = type(v)
        if v is None or t in (bool, text_type):
            return v
        if t in int_types:
            return numbers(v)
        if t is float:
            return double(v)
        if t is str and PY2:
            try:
                return v.decode('utf-8')
            except UnicodeDecodeError:
                return binary(v)
        if t is bytes:
            return binary(v)
        if t in (list, tuple, set, frozenset, collections.deque) or t.__name__ in CONTAINERS[1:]:
            return [self.show(i) for i in v]
        if t is datetime.datetime:
            return millis(v)
        if t is datetime.date:
            return millis(datetime.datetime(v.year, v.month, v.day))
        if t is datetime.timedelta:
            return double(v.total_seconds())
        if t is dict or t.__name__ in CONTAINERS:
            return self.document(v)
        if t in (collections.OrderedDict, collections.defaultdict, collections.Counter) and texts(v):
            return self.document(v)
        if isinstance(v, type):
            return {'$py': self.name(v)}
        return self.parts(v)

    def parts(self, v):
        out = collections.OrderedDict()
        if PY2 and type(v).__name__ == 'instance':
            out['$py'] = '__main__.' + v.__class__.__name__
            out['state'] = self.show(v.__dict__)
            return out
        reduce = copyreg.dispatch_table.get(type(v))
        r = reduce(v) if reduce else v.__reduce_ex__(self.protocol)
        fn, args = r[0], r[1]
        kwargs = {}
        if fn is copyreg._reconstructor:
            fn, args = args[0], (() if args[2] is None else (args[2],))
            keep = bool(args)
        elif fn is getattr(copyreg, '__newobj__', None):
            fn, args, keep = args[0], args[1:], True
        elif fn is getattr(copyreg, '__newobj_ex__', None) and self.protocol >= 4:
            fn, args, kwargs, keep = args[0], args[1], args[2], True
        else:
            keep = True
        out['$py'] = self.name(fn)
        if keep:
            out['args'] = [self.show(a) for a in args]
        if kwargs:
            out['kwargs'] = self.show(kwargs)
        return self.finish(out, r)

    def finish(self, out, r):
        if len(r) > 3 and r[3] is not None:
            items = [self.show(i) for i in r[3]]
            if items:
                out['items'] = items
        if len(r) > 4 and r[4] is not None:
            items = list(r[4])
            if items and texts(k for k, _ in items):
                out['items'] = collections.OrderedDict((k, self.show(v)) for k, v in items)
            elif items:
                out['items'] = [[self.show(k), self.show(v)] for k, v in items]
        if len(r) > 2 and r[2] is not None:
            out['state'] = self.show(r[2])
        return out


WALLS = [
    datetime.datetime(2024, 7, 1, 12, 0, 0, 5999),
    datetime.datetime(2024, 1, 1, 0, 0),
    datetime.datetime(2023, 10, 29, 2, 30),  # twice in Berlin
    datetime.datetime(2023, 3, 26, 2, 30),   # never in Berlin
    datetime.datetime(2023, 11, 5, 1, 59, 59),
    datetime.datetime(2023, 3, 12, 2, 0),
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime.datetime(1940, 6, 1, 3, 0),
    datetime.datetime(1893, 4, 1, 0, 0),
    datetime.datetime(1800, 1, 1, 0, 0),
    datetime.datetime(2037, 10, 25, 2, 30),
    datetime.datetime(2038, 1, 19, 3, 14, 7),
    datetime.datetime(2050, 7, 1, 12, 0),
    datetime.datetime(2, 1, 1, 0, 0),
    datetime.datetime(9998, 12, 31, 23, 59, 59),
]
PLACES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Europe/Dublin',
          'Pacific/Apia', 'Africa/Monrovia', 'UTC', 'Etc/GMT+3']


def standard():
    yield 'date', datetime.date(2024, 2, 29)
    yield 'date', datetime.date(1, 1, 1)
    yield 'date', datetime.date(9999, 12, 31)
    yield 'timedelta', datetime.timedelta(-1, 5, 7)
    yield 'timedelta', datetime.timedelta(0)
    yield 'timedelta', datetime.timedelta(100000, 86399, 999999)
    yield 'set', set([1])
    yield 'set', set()
    yield 'set', set([u'a', 2, None, (1, 2), frozenset([3])])
    yield 'frozenset', frozenset([1, u'x'])
    yield 'frozenset', frozenset()
    yield 'deque', collections.deque([1, 2])
    yield 'deque', collections.deque()
    yield 'deque', collections.deque([1], 5)
    yield 'int', 2**63
    yield 'int', -2**63 - 1
    yield 'int', 2**64
    yield 'int', -2**64
    yield 'int', 10**30
    yield 'int', -10**40
    yield 'int', 2**2039 - 1
    yield 'int', -2**2040
    yield 'int', 10**1000
    yield 'document', {u's': set([u'x']), u'd': datetime.date(2000, 1, 1)}


def encodable():  # by PyMongo
    yield 'defaultdict', collections.defaultdict(int, {u'a': 1})
    yield 'defaultdict', collections.defaultdict(list, {u'a': [1]})
    yield 'defaultdict', collections.defaultdict(None, {u'a': 1})
    yield 'Counter', collections.Counter(u'aab')
    yield 'Counter', collections.Counter()


def zones():
    try:
        import pytz
        kind = 'pytz ' + pytz.__version__
        for place in PLACES:
            tz = pytz.timezone(place)
            for wall in WALLS:
                for dst in (True, False):
                    yield kind, tz.localize(wall, is_dst=dst)
            if place not in ('UTC', 'Etc/GMT+3'):
                yield kind, WALLS[0].replace(tzinfo=tz)  # local mean time
        yield kind, WALLS[0].replace(tzinfo=pytz.utc)
        yield kind, WALLS[0].replace(tzinfo=pytz.FixedOffset(-90))
        yield kind, WALLS[0].replace(tzinfo=pytz.FixedOffset(1439))
    except Exception:  # it may be for another Python
        pass
    try:
        import dateutil
        from dateutil import tz
        kind = 'dateutil ' + dateutil.__version__
        for zone in (tz.tzutc(), tz.tzoffset(u'X', 3600), tz.tzoffset(None, -5400), tz.tzlocal()):
            yield kind, WALLS[0].replace(tzinfo=zone)
        for place in PLACES:
            zone = tz.gettz(place)
            for wall in WALLS:
                yield kind, wall.replace(tzinfo=zone)
                if not PY2:
                    yield kind, wall.replace(tzinfo=zone, fold=1)
    except Exception:  # it may be for another Python
        pass
    try:
        import zoneinfo
        for place in PLACES:
            for fold in (0, 1):
                for wall in WALLS:
                    yield 'zoneinfo', wall.replace(tzinfo=zoneinfo.ZoneInfo(place), fold=fold)
        yield 'zoneinfo', WALLS[0].replace(tzinfo=zoneinfo.ZoneInfo.no_cache('Europe/Berlin'))
    except Exception:  # it may be for another Python
        pass
    try:
        if PY2:
            raise ImportError  # a Django of Python 3 fails otherwise
        import django
        from django.utils import timezone
        kind = 'django ' + django.get_version()
        yield kind, WALLS[0].replace(tzinfo=timezone.utc)
        yield kind, WALLS[0].replace(tzinfo=timezone.get_fixed_timezone(90))
        yield kind, WALLS[0].replace(tzinfo=timezone.get_fixed_timezone(datetime.timedelta(hours=-7)))
    except Exception:  # it may be for another Python
        pass


def containers():
    try:
        import mongoengine
        from mongoengine.base.datastructures import BaseDict, BaseList, EmbeddedDocumentList
    except Exception:  # it may be for another Python
        return

    class Owner(object):
        _fields = {}
    owner = Owner()
    kind = 'mongoengine ' + mongoengine.__version__
    yield kind, BaseDict({u'a': 1}, owner, 'x')
    yield kind, BaseDict({}, owner, 'x')
    yield kind, BaseDict({u'a': {u'b': [1, {u'c': 2}]}}, owner, 'x')
    yield kind, BaseList([1, {u'a': [1]}], owner, 'x')
    yield kind, BaseList([], owner, 'x')
    yield kind, EmbeddedDocumentList([], owner, 'x')
    yield kind, {u'l': BaseList([1], owner, 'x'), u'd': BaseDict({u'a': 1}, owner, 'x')}


def objects():
    yield 'exception', ValueError(u'a', 1)
    yield 'exception', KeyError(u'k')
    yield 'exception', Broken(u'm')
    yield 'complex', 1.5 + 2j
    yield 'time', datetime.time(1, 2, 3)
    yield 'class', int
    yield 'class', datetime.datetime
    yield 'class', Plain
    yield 'object', Plain()
    yield 'object', Bare()
    yield 'object', [Plain(), Plain()]
    yield 'list', List([1, u'a'])
    yield 'dict', Dict({u'a': 1})
    yield 'dict', Dict({1: 2})
    yield 'text', Text(u'ab')
    yield 'namedtuple', Point(1, u'b')
    yield 'dict', {u'd': {1: u'a'}}
    yield 'dict', {u'd': {(1, None): u'a', u'k': 2}}
    yield 'Counter', {u'c': collections.Counter([1, 1])}
    yield 'partial', functools.partial(int, base=3)
    if PY2:
        old = Old()
        old.a = 1
        yield 'old', old
    else:
        import ipaddress
        yield 'enum', Color.RED
        yield 'address', ipaddress.ip_address(u'1.2.3.4')
        yield 'timezone', datetime.timezone.utc
        yield 'range', range(3)


def write(kind, v, protocol, unknown):
    try:
        data = pickle.dumps(v, protocol)
    except (TypeError, pickle.PicklingError, AttributeError):
        return
    loaded = pickle.loads(data)
    shown = v if isinstance(v, (set, frozenset, dict)) or isinstance(v, type) else loaded
    expected = json.dumps(Shower(protocol).show(shown), separators=(',', ':'))
    line = collections.OrderedDict([('writer', '%s %s' % (platform.python_implementation(), platform.python_version())), ('type', kind),
                                    ('protocol', protocol), ('hex', base64.b16encode(data).decode('ascii').lower()),
                                    ('unknown', unknown), ('expected', expected)])
    print(json.dumps(line))


def main(protocols):
    for protocol in protocols:
        for group, unknown in ((encodable, 'error'), (containers, 'error'), (zones, 'error'), (standard, 'convert'), (objects, 'describe')):
            for kind, v in group():
                write(kind, v, protocol, unknown)
        if protocol >= 2:
            write('slots', Slots(), protocol, 'describe')
        if protocol >= 4:
            write('named', Named(1), protocol, 'describe')


if __name__ == '__main__':
    main([int(p) for p in sys.argv[1:]] or range(pickle.HIGHEST_PROTOCOL + 1))
