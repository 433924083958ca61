using Hmas.Contracts.Twins;
using Orleans.Concurrency;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Keeps what <see cref="TwinRules"/> says. A change is on disk before anybody sees it;
/// counters that merely grew wait for the next change.</summary>
internal sealed class DeviceTwinGrain([PersistentState("twin")] IPersistentState<DeviceTwin> twin, TwinCache cache, TimeProvider time)
    : Grain, IDeviceTwinGrain
{
    private bool _hasUnwritten;

    public Task<Immutable<DeviceTwin>> ViewAsync() => Task.FromResult(new Immutable<DeviceTwin>(twin.State));

    public async Task<bool> HeardPresenceAsync(Presence presence)
    {
        if (!TwinRules.IsNews(twin.State.Presence, presence)) return false;
        await KeepAsync(twin.State with { Presence = presence, HeardAt = time.GetUtcNow() });
        return true;
    }

    public async Task<HeardReport> HeardReportedAsync(ReportedState reported, bool isLive)
    {
        var held = twin.State.Reported;
        if (!TwinRules.IsNews(held, reported)) return new HeardReport(false, null);
        var came = isLive ? TwinRules.CameOnline(twin.State.Presence, reported) : null;
        var next = twin.State with { Reported = reported, HeardAt = time.GetUtcNow(), Presence = came ?? twin.State.Presence };
        if (came is not null || TwinRules.IsChange(held, reported))
        {
            await KeepAsync(next);
        }
        else
        {
            twin.State = next;
            _hasUnwritten = true;
            Show();
        }

        return new HeardReport(true, came);
    }

    public Task ForgetOnlineAsync() =>
        twin.State.Presence is { Online: true } presence
            ? KeepAsync(twin.State with { Presence = presence with { Online = false } }) : Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Show();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            if (_hasUnwritten) await KeepAsync(twin.State);
        }
        finally
        {
            cache.Forget(this.GetPrimaryKeyString());
        }
    }

    private async Task KeepAsync(DeviceTwin next)
    {
        var before = twin.State;
        twin.State = next;
        try
        {
            await twin.WriteStateAsync();
            _hasUnwritten = false;
            Show();
        }
        catch
        {
            twin.State = before;
            throw;
        }
    }

    private void Show() => cache.Show(this.GetPrimaryKeyString(), twin.State);
}
