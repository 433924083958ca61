using System.Text.Json;
using Hmas.Contracts.Commands;
using Hmas.Storage;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Replies by command id in <c>replies.json</c>, so that a command delivered again, also after a
/// restart, is answered alike and not done again. One thread.</summary>
/// <remarks>A reply is kept until its command's deadline has passed and its place is needed; the number of places is bounded.</remarks>
internal sealed class RememberedReplies
{
    public const int DefaultCapacity = 256;

    private readonly string _path;
    private readonly int _capacity;
    private readonly Dictionary<string, RememberedReply> _replies;

    private RememberedReplies(string path, int capacity, IEnumerable<RememberedReply> replies)
    {
        _path = path;
        _capacity = capacity;
        _replies = new Dictionary<string, RememberedReply>(StringComparer.Ordinal);
        foreach (var reply in replies) _replies[reply.Reply.Id] = reply;
    }

    /// <summary>An unreadable file counts as none: then the deadlines alone keep old commands away.</summary>
    public static RememberedReplies Open(string stateFolder, int capacity = DefaultCapacity)
    {
        var path = Path.Combine(stateFolder, "replies.json");
        try
        {
            return new RememberedReplies(
                path, capacity,
                (File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), SyncJson.Default.RememberedReplyArray) : null) ?? []);
        }
        catch (JsonException)
        {
            return new RememberedReplies(path, capacity, []);
        }
    }

    public CommandReply? Find(string id) => _replies.GetValueOrDefault(id)?.Reply;

    /// <summary>False: every place is taken by a command that may still come again.</summary>
    /// <param name="nowUs">Time of the clock that deadlines are told by.</param>
    /// <exception cref="StorageException">Not on disk; the reply is not kept.</exception>
    public bool TryKeep(CommandReply reply, long expiresAtUs, long nowUs)
    {
        if (!_replies.ContainsKey(reply.Id) && _replies.Count >= _capacity)
        {
            foreach (var (id, _) in _replies.Where(known => known.Value.ExpiresAtUs < nowUs).ToArray()) _replies.Remove(id);
            if (_replies.Count >= _capacity) return false;
        }

        var next = _replies.Values.Where(known => known.Reply.Id != reply.Id).Append(new RememberedReply(reply, expiresAtUs)).ToArray();
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(next, SyncJson.Default.RememberedReplyArray));
        _replies[reply.Id] = next[^1];
        return true;
    }
}
