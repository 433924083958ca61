using Hmas.Contracts.Commands;

namespace Edge.Agent.Sync.Downlink;

/// <summary>The last replies by command id, so that a command delivered twice is answered alike and done once. Fixed size, oldest out; one thread.</summary>
internal sealed class RememberedReplies(int capacity = 256)
{
    private readonly Dictionary<string, CommandReply> _replies = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public CommandReply? Find(string id) => _replies.GetValueOrDefault(id);

    public void Keep(CommandReply reply)
    {
        if (!_replies.TryAdd(reply.Id, reply)) return;
        _order.Enqueue(reply.Id);
        if (_order.Count > capacity) _replies.Remove(_order.Dequeue());
    }
}
