using System.Text.Json;
using System.Threading.Channels;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Federated;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Tunes heads beside everything else the agent does, one at a time. A task changes nothing on the
/// device, so one that is delivered twice is done twice.</summary>
internal sealed class HeadTuningLoop(HeadTuningStep step, TimeProvider time)
{
    private readonly Channel<(DeviceCommand Command, Func<CommandReply, Task> Answer)> _tasks =
        Channel.CreateBounded<(DeviceCommand, Func<CommandReply, Task>)>(new BoundedChannelOptions(1) { SingleReader = true });

    /// <summary>Takes a task; null when its answer comes later, else the refusal of now.</summary>
    public CommandReply? TryTake(DeviceCommand command, Func<CommandReply, Task> answer) =>
        _tasks.Writer.TryWrite((command, answer)) ? null : new CommandReply(command.Id, false, "refused", "another head is being tuned");

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var (command, answer) in _tasks.Reader.ReadAllAsync(ct))
        {
            var reply = await Task.Factory.StartNew(() => Run(command, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await answer(reply);
        }
    }

    private CommandReply Run(DeviceCommand command, CancellationToken ct)
    {
        var late = (time.GetUtcNow().ToUnixTimeMilliseconds() * 1000) - command.ExpiresAtUs;
        if (late > 0) return new CommandReply(command.Id, false, "expired", $"{late / 1000} ms ago");
        try
        {
            var task = JsonSerializer.Deserialize(command.Arguments?.GetValueOrDefault(HeadTask.Argument) ?? "null", ContractsJson.Default.HeadTask)
                ?? throw new HeadTuningRefusal($"argument '{HeadTask.Argument}' is missing");
            return new CommandReply(command.Id, true, null, JsonSerializer.Serialize(step.Run(task, ct), ContractsJson.Default.HeadUpdate));
        }
        catch (Exception error) when (error is HeadTuningRefusal or JsonException)
        {
            return new CommandReply(command.Id, false, "refused", error.Message);
        }
    }
}
