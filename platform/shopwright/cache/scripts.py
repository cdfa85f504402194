# SPDX-License-Identifier: Apache-2.0
"""What runs inside Redis or Valkey, each script as one atomic step.

An entry is a hash: ``v`` the value, ``t`` its tags with the token each tag had when the value was begun.
A tag is a key that holds its token. Removing that key invalidates every entry stamped with it, however many
there are; they are found out when read, or expire. Scripts reach tag keys they do not declare, so the server
is one primary (with replicas, if wished), not a cluster: this is a cache, and one server is plenty.
"""

GET = """
local tags = redis.call('HGET', KEYS[1], 't')
if not tags then return false end
local stamped = cmsgpack.unpack(tags)
for i = 1, #stamped, 2 do
  if redis.call('GET', ARGV[1] .. stamped[i]) ~= stamped[i + 1] then
    redis.call('UNLINK', KEYS[1])
    return false
  end
end
return redis.call('HGET', KEYS[1], 'v')
"""

# ARGV: prefix of tag keys, a fresh token, milliseconds to live, tags. Gives the token of each tag.
STAMP = """
local tokens = {}
local ttl = tonumber(ARGV[3])
for i = 4, #ARGV do
  local tag = ARGV[1] .. ARGV[i]
  local token = redis.call('GET', tag)
  if not token then
    token = ARGV[2]
    redis.call('SET', tag, token, 'PX', ttl)
  elseif redis.call('PTTL', tag) < ttl then
    redis.call('PEXPIRE', tag, ttl)
  end
  tokens[#tokens + 1] = token
end
return tokens
"""

# ARGV: prefix of tag keys, value, milliseconds to live, then tag and token in turns. Gives 0 when a tag was
# invalidated since it was stamped: the value is old already and is not kept.
SET = """
local stamped = {}
for i = 4, #ARGV, 2 do
  if redis.call('GET', ARGV[1] .. ARGV[i]) ~= ARGV[i + 1] then return 0 end
  stamped[#stamped + 1] = ARGV[i]
  stamped[#stamped + 1] = ARGV[i + 1]
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[2], 't', cmsgpack.pack(stamped))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""

# Asking again with the same token succeeds: the answer to the first time may have been lost on the way.
ACQUIRE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

# ARGV: period and interval in microseconds. Gives allowed, remaining, microseconds to wait. The server's time
# counts, so that all processes agree.
HIT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local period, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + interval
local room = period - (due - now)
if room < 0 then return {0, 0, -room} end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return {1, math.floor(room / interval), 0}
"""
