using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Settings;
using Hmas.Testing;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Tests.Host;

public class StartTests
{
    [Fact]
    public async Task Every_service_answers_healthy_on_its_own_port_over_http1_and_http2()
    {
        await using var hub = await HubFixture.StartAsync();
        Assert.Equal(10, hub.Ports.Listeners.Count);
        foreach (var service in hub.Ports.Listeners.Keys)
        {
            using var client = hub.Http(service, token: "");
            foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Get, "/healthz") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                using var answer = await client.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{service} over {version}: {answer.StatusCode} {text}");
                Assert.Equal(version, answer.Version);
                Assert.Contains($"\"service\":\"{service}\"", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_subset_opens_only_its_own_ports()
    {
        await using var hub = await HubFixture.StartAsync("memory,feedback");
        Assert.Equal(["memory", "feedback"], hub.Ports.Listeners.Keys);
    }

    [Fact]
    public void A_port_in_use_is_named_with_its_service()
    {
        var offset = FreePorts.HubOffset();
        using var holder = new TcpListener(IPAddress.Loopback, 8200 + offset);
        holder.Start();
        var settings = Load(("Services", "memory"), ("PortOffset", $"{offset}"), ("Data", Path.Combine(Path.GetTempPath(), "hmas-never-made")));
        var refusal = Assert.Throws<HubStartException>(() => HubBuilder.Build(settings));
        Assert.Contains($"port {8200 + offset} of memory", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_hub_that_is_stopped_while_it_starts_ends_well_and_leaves_no_stack_trace()
    {
        using var folder = new TempFolder();
        using var hub = Process.Start(
            new ProcessStartInfo(
                "dotnet", [Path.Combine(AppContext.BaseDirectory, "hmas-hub.dll"), "run", "--data", folder.File("data"),
                    "--port-offset", $"{FreePorts.HubOffset()}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = hub.StandardError.ReadToEndAsync();
        string? line;
        do line = await hub.StandardOutput.ReadLineAsync().InTimeAsync();
        while (line?.Contains("grains.db", StringComparison.Ordinal) == false);
        await Tool.RunAsync("kill", "-TERM", $"{hub.Id}");
        var said = $"{line}\n{await hub.StandardOutput.ReadToEndAsync().InTimeAsync()}{await error.InTimeAsync()}";
        await hub.WaitForExitAsync().InTimeAsync();
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.True(hub.ExitCode == 0, said);
    }

    [Theory]
    [InlineData(1883, "mqtt")]
    [InlineData(8883, "mqtts")]
    [InlineData(11111, "silo")]
    public void A_port_in_use_of_the_broker_or_the_silo_is_named_with_its_setting(int port, string setting)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Issue("hub.test");
        var offset = FreePorts.HubOffset();
        using var holder = new TcpListener(IPAddress.Loopback, port + offset);
        holder.Start();
        var settings = Load(
            ("Services", "memory,communication"), ("PortOffset", $"{offset}"), ("Tls:CertificateFile", certificate), ("Tls:KeyFile", key));
        var refusal = Assert.Throws<HubStartException>(() => HubBuilder.Build(settings));
        Assert.Contains($"port {port + offset} of {setting} on 127.0.0.1 is in use", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"--ports {setting}=N", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("memory,communication", "mqtt://127.0.0.1:1")]
    [InlineData("memory,feedback", "")]
    public async Task A_broker_on_this_machine_is_in_nobodys_way_when_the_hub_has_none_of_its_own(string services, string broker)
    {
        var offset = FreePorts.HubOffset();
        using var holder = new TcpListener(IPAddress.Loopback, 1883 + offset);
        holder.Start();
        await using var hub = await HubFixture.StartAsync(
            services, new Dictionary<string, string?> { ["PortOffset"] = $"{offset}", ["Communication:Broker"] = broker });
        Assert.DoesNotContain("mqtt", hub.Ports.Listeners.Keys);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("192.0.2.7")]
    [InlineData("::")]
    public void An_address_that_others_reach_is_refused_without_tls(string bind)
    {
        var refusal = Assert.Throws<HubStartException>(() => HubBuilder.Build(Load(("Bind", bind))));
        Assert.Contains("tls.certificateFile", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(bind, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cluster:Advertise", "192.0.2.7", "cluster.caFile")]
    [InlineData("Cluster:Advertise", "here", "is not an IP address")]
    [InlineData("Cluster:CaFile", "/nowhere", "tls.certificateFile")]
    [InlineData("Remotes:memory", "http://192.0.2.7:8200", "operator token in the clear; use https://")]
    [InlineData("Remotes:memory", "memory:8200", "must be https://host:port")]
    public void A_line_that_would_carry_secrets_in_the_clear_is_refused(string key, string value, string named)
    {
        var refusal = Assert.Throws<HubStartException>(() => HubBuilder.Build(
            Load(("Services", "feedback"), ("Cluster:Redis", "127.0.0.1:6379"), (key, value))));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_elsewhere_is_refused_without_tls()
    {
        var refusal =
            await Assert.ThrowsAsync<OptionsValidationException>(() => HubFixture.StartAsync(
                "memory,communication", new Dictionary<string, string?> { ["Communication:Broker"] = "mqtt://broker.example" }));
        Assert.Contains("mqtt://broker.example/ would carry every password in the clear; use mqtts://", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Services", "memory,lerning", "lerning")]
    [InlineData("Services", ",", "at least one")]
    [InlineData("Bind", "here", "here")]
    [InlineData("Ports:Memroy", "1", "no port 'Memroy'; known are perception, memory,")]
    [InlineData("Ports:fron", "1", "front, mqtt, mqtts, silo")]
    [InlineData("Ports:memory", "70000", "70000")]
    [InlineData("Ports:memory", "8300", "both on 8300")]
    [InlineData("Tls:KeyFile", "/nowhere", "belong together")]
    public void A_setting_that_makes_no_sense_is_refused_by_name(string key, string value, string named)
    {
        var refusal = Assert.Throws<HubStartException>(() => HubBuilder.Build(Load((key, value))));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PortOffset", "many")]
    [InlineData("PortOffset", "-5")]
    [InlineData("Limits:MaxConnections", "0")]
    public void A_value_that_does_not_convert_or_is_out_of_range_is_refused(string key, string value)
    {
        var refusal = Assert.Throws<HubStartException>(() => Load((key, value)));
        Assert.Contains(key.Split(':')[^1], refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory:nonsense", "3", "there is no setting 'memory:nonsense'")]
    [InlineData("reasoning:runForFirstModel", "3", "did you mean 'reasoning:runsForFirstModel'?")]
    public void A_setting_of_the_command_line_that_does_not_exist_is_refused(string key, string value, string named)
    {
        var refusal = Assert.Throws<HubStartException>(() => Load((key, value)));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Reasoning:RunsForFirstModel", "abc", "Failed to convert configuration value 'abc' at 'Reasoning:RunsForFirstModel'")]
    [InlineData("Communication:Broker", "mqtt://192.0.2.7", "would carry every password in the clear; use mqtts://")]
    public async Task A_services_setting_that_is_wrong_is_one_line_and_nothing_starts(string key, string value, string named)
    {
        using var folder = new TempFolder();
        var builder = HubBuilder.Build(Load(("Data", folder.Path), ("PortOffset", $"{FreePorts.HubOffset()}"), (key, value)));
        await using (builder.ConfigureAwait(false))
        {
            var refusal = Assert.Throws<HubStartException>(() => HubSettings.Validate(builder.Services));
            Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    private static HubSettings Load(params (string Key, string Value)[] settings) =>
        HubSettings.Load(null, settings.ToDictionary(static pair => pair.Key, static pair => (string?)pair.Value), environment: false);
}
