using System.Net.WebSockets;
using System.Text.Json;
using Hmas.Trust;
using Operator.Cli.Hub;

namespace Operator.Cli.Demo;

/// <summary>What went wrong, for people: anything that can happen between processes, files and a network is a failed demo and no bug of it.</summary>
internal static class DemoFailure
{
    /// <summary>One or more lines; null for what would be a bug and deserves its stack.</summary>
    /// <param name="cancellation">Of the person who stops the demo.</param>
    public static string? Of(Exception failure, CancellationToken cancellation) => failure switch
    {
        // Ctrl+C reaches hub and devices as well: whatever they did then is no failure of theirs.
        _ when cancellation.IsCancellationRequested => "stopped by a signal before its end; hub and devices have ended too",
        OperationCanceledException { InnerException: TimeoutException } late => $"the hub did not answer in time: {late.InnerException!.Message}",
        HubRefusal refused => $"the hub said no: {refused.Message}",
        JsonException unread => $"an answer of the hub could not be read: {unread.Message}",
        InvalidOperationException or HttpRequestException or WebSocketException or FormatException or TimeoutException or IOException
            or UnauthorizedAccessException or PackageException => failure.Message,
        _ => null,
    };
}
