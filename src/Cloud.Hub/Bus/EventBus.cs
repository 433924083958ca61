using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace Cloud.Hub.Bus;

/// <summary>Facts between services inside one process: each subscriber has its own bounded queue; a full one drops its
/// oldest event and counts it, so no subscriber can hold up ingest.</summary>
/// <remarks>Nothing that must not be lost travels here alone: the archive holds it, and a subscriber that fell behind reads it there.</remarks>
public sealed class EventBus
{
    private readonly ConcurrentDictionary<string, long> _dropped = new();
    private ImmutableArray<Subscription> _subscriptions = [];

    /// <summary>Events given up so far, by subscribing part; also of subscriptions that have ended.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _dropped;

    /// <summary>Subscribes from now on; dispose to end. Read <see cref="Subscription.Events"/> in one loop.</summary>
    /// <param name="owner">Name of the subscribing part, for the drop counter.</param>
    /// <param name="filter">Which events enter the queue.</param>
    public Subscription Subscribe(string owner, Func<HubEvent, bool> filter, int capacity = 4096)
    {
        var subscription = new Subscription(this, owner, filter, capacity);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, added) => all.Add(added), subscription);
        return subscription;
    }

    public void Publish(HubEvent happened)
    {
        foreach (var subscription in _subscriptions) subscription.Offer(happened);
    }

    public sealed class Subscription : IDisposable
    {
        private readonly EventBus _bus;
        private readonly Func<HubEvent, bool> _filter;
        private readonly Channel<HubEvent> _queue;
        private long _dropped;

        internal Subscription(EventBus bus, string owner, Func<HubEvent, bool> filter, int capacity)
        {
            _bus = bus;
            Owner = owner;
            _filter = filter;
            _queue = Channel.CreateBounded<HubEvent>(
                new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Drop());
        }

        public string Owner { get; }

        public long Dropped => Interlocked.Read(ref _dropped);

        public ChannelReader<HubEvent> Events => _queue.Reader;

        private void Drop()
        {
            Interlocked.Increment(ref _dropped);
            _bus._dropped.AddOrUpdate(Owner, 1, static (_, count) => count + 1);
        }

        internal void Offer(HubEvent happened)
        {
            if (_filter(happened)) _queue.Writer.TryWrite(happened);
        }

        public void Dispose()
        {
            ImmutableInterlocked.Update(ref _bus._subscriptions, static (all, removed) => all.Remove(removed), this);
            _queue.Writer.TryComplete();
        }
    }
}
