using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hmas.Trust;

namespace Operator.Cli.Hub;

/// <summary>Whom a device trusts from its first start on, as files that a person puts there: it takes none of them from the network.</summary>
/// <param name="Keys">PEM of the keys that sign manifests.</param>
/// <param name="Images">First root of the image repository.</param>
/// <param name="Director">First root of the director; the same for every device.</param>
internal sealed record DeviceTrust(string Keys, string Images, string Director)
{
    public static DeviceTrust In(string folder) => new(
        Path.Combine(folder, "trusted-keys.pem"), Path.Combine(folder, "image-root.json"), Path.Combine(folder, "director-root.json"));

    /// <summary>Writes all three as the hub has them now.</summary>
    /// <param name="artefacts">Of the Redistribution service.</param>
    /// <exception cref="HttpRequestException">The hub does not give them.</exception>
    public async Task FetchAsync(Uri artefacts, string operatorToken, string deviceId, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = artefacts };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        var keys = await http.GetFromJsonAsync<Dictionary<string, byte[][]>>("keys", cancellation);
        PublicKeyFile.Write(Keys, keys!["ed25519"]);
        await File.WriteAllBytesAsync(Images, await http.GetByteArrayAsync("tuf/images/metadata/1.root.json", cancellation), cancellation);
        await File.WriteAllBytesAsync(Director, await http.GetByteArrayAsync($"tuf/director/{deviceId}/1.root.json", cancellation), cancellation);
    }
}
