using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public sealed class UnreadableRolloutsTests
{
    [Fact]
    public async Task Each_is_told_of_once_until_it_could_be_read()
    {
        var log = new WarningLog();
        using var provider = new OneLogger(log);
        await using var services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.AddProvider(provider))
            .AddSingleton<RedistributionMetrics>().AddSingleton<UnreadableRollouts>().BuildServiceProvider();
        var unreadable = services.GetRequiredService<UnreadableRollouts>();
        for (var look = 0; look < 3; look++) unreadable.Met("r1", "a state that nobody knows");
        unreadable.Met("r2", "another");
        unreadable.Read("r1");
        unreadable.Met("r1", "again");
        Assert.Equal(
            ["rollout r1 is in no list and is not moved on, as this hub cannot read it: a state that nobody knows; its row stays as it is",
                "rollout r2 is in no list and is not moved on, as this hub cannot read it: another; its row stays as it is",
                "rollout r1 is in no list and is not moved on, as this hub cannot read it: again; its row stays as it is"],
            [await log.NextAsync(), await log.NextAsync(), await log.NextAsync()]);
    }

    private sealed class OneLogger(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
