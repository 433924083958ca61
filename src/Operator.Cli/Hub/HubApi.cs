using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Operator.Cli.Hub;

/// <summary>The hub's front as an operator uses it: REST with the operator token.</summary>
internal sealed class HubApi : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly HttpClient _http;

    /// <param name="connectWithin">Null: as long as an answer may take.</param>
    public HubApi(Uri front, string operatorToken, TimeSpan? connectWithin = null)
    {
        (Front, OperatorToken) = (front, operatorToken);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = connectWithin ?? Timeout.InfiniteTimeSpan })
        {
            BaseAddress = new Uri(front, "/api/v1/"), Timeout = TimeSpan.FromSeconds(30),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
    }

    public Uri Front { get; }

    public string OperatorToken { get; }

    public Task<EnrolmentAnswer> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation) =>
        PostAsync<EnrolmentAnswer>("devices", new { siteId, deviceId }, cancellation);

    public Task<IReadOnlyList<DeviceAnswer>> DevicesAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<DeviceAnswer>>("devices", cancellation);

    public Task<IReadOnlyList<TrainingAnswer>> TrainingAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<TrainingAnswer>>("training", cancellation);

    public Task<TrainingDetailAnswer> TrainingRunAsync(string id, CancellationToken cancellation) =>
        GetAsync<TrainingDetailAnswer>($"training/{Uri.EscapeDataString(id)}", cancellation);

    public Task<StartedRunAnswer> StartTrainingAsync(object request, CancellationToken cancellation) =>
        PostAsync<StartedRunAnswer>("training", request, cancellation);

    public async Task CancelTrainingAsync(string id, CancellationToken cancellation)
    {
        using var answer = await _http.DeleteAsync($"training/{Uri.EscapeDataString(id)}", cancellation);
        await RequireAsync(answer, cancellation);
    }

    public Task<IReadOnlyList<RolloutAnswer>> RolloutsAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<RolloutAnswer>>("rollouts", cancellation);

    public Task<IReadOnlyList<RolloutAnswer>> RolloutsAsync(string? before, int limit, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<RolloutAnswer>>(
            string.Create(CultureInfo.InvariantCulture, $"rollouts?limit={limit}{(before is null ? "" : $"&before={Uri.EscapeDataString(before)}")}"),
            cancellation);

    public Task<RolloutAnswer> RolloutAsync(string id, CancellationToken cancellation) => GetAsync<RolloutAnswer>($"rollouts/{id}", cancellation);

    public Task<RolloutAnswer> StartRolloutAsync(object request, CancellationToken cancellation) =>
        PostAsync<RolloutAnswer>("rollouts", request, cancellation);

    public Task<RolloutAnswer> OrderAsync(string id, string order, CancellationToken cancellation) =>
        PostAsync<RolloutAnswer>($"rollouts/{id}/{order}", new { }, cancellation);

    public Task<RolloutAnswer> RestoreGroupAsync(string id, string group, CancellationToken cancellation) =>
        PostAsync<RolloutAnswer>($"rollouts/{id}/groups/{Uri.EscapeDataString(group)}/restore", new { }, cancellation);

    /// <param name="path">Below <c>audit/</c>.</param>
    public Task<AuditAnswer> AuditAsync(string path, CancellationToken cancellation) => GetAsync<AuditAnswer>($"audit/{path}", cancellation);

    public Task<IReadOnlyList<ModelAnswer>> ModelsAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<ModelAnswer>>("models", cancellation);

    public Task<ModelAnswer> ModelAsync(string digest, CancellationToken cancellation) => GetAsync<ModelAnswer>($"models/{digest}", cancellation);

    public async Task QuarantineAsync(string digest, string reason, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync($"models/{digest}/quarantine", new { reason }, Json, cancellation);
        await RequireAsync(answer, cancellation);
    }

    public Task<IReadOnlyList<ArtefactAnswer>> ArtefactsAsync(string? kind, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<ArtefactAnswer>>(kind is null ? "artefacts" : $"artefacts?kind={Uri.EscapeDataString(kind)}", cancellation);

    public Task<ArtefactDetailsAnswer> ArtefactAsync(string digest, CancellationToken cancellation) =>
        GetAsync<ArtefactDetailsAnswer>($"artefacts/{Uri.EscapeDataString(digest)}", cancellation);

    public async Task ApproveAsync(string digest, string who, string? note, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync($"artefacts/{Uri.EscapeDataString(digest)}/approvals", new { who, note }, Json, cancellation);
        await RequireAsync(answer, cancellation);
    }

    public async Task<ArtefactAnswer> AddArtefactAsync(
        ArtefactKind kind, string? name, long? release, string? hardware, string? licence, Stream file, CancellationToken cancellation)
    {
        (string Name, string? Value)[] fields = [
            ("kind", ArtefactKinds.Word(kind)), ("name", name), ("release", release?.ToString(CultureInfo.InvariantCulture)), ("hardware", hardware),
            ("licence", licence)];
        var query = string.Join(
            '&', fields.Where(static field => field.Value is not null).Select(static field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));
        using var content = new StreamContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await _http.PostAsync($"artefacts?{query}", content, cancellation);
        await RequireAsync(answer, cancellation);
        return (await answer.Content.ReadFromJsonAsync<ArtefactAnswer>(Json, cancellation))!;
    }

    public Task<IReadOnlyList<QuestionAnswer>> QuestionsAsync(bool waitingOnly, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<QuestionAnswer>>($"label-queue?waiting={(waitingOnly ? "true" : "false")}&limit=1000", cancellation);

    public Task<QuestionAnswer> QuestionAsync(long id, CancellationToken cancellation) =>
        GetAsync<QuestionAnswer>(string.Create(CultureInfo.InvariantCulture, $"label-queue/{id}"), cancellation);

    /// <param name="label">Null: skipped.</param>
    /// <param name="kind">Null: what was asked.</param>
    public async Task AnswerQuestionAsync(long id, string? label, LabelKind? kind, CancellationToken cancellation)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"label-queue/{id}/{(label is null ? "skip" : "label")}");
        using var answer = label is null
            ? await _http.PostAsync(path, null, cancellation) : await _http.PostAsJsonAsync(path, new { label, kind }, Json, cancellation);
        await RequireAsync(answer, cancellation);
    }

    public Task<ArchiveAnswer> ArchiveAsync(CancellationToken cancellation) => GetAsync<ArchiveAnswer>("experiences/statistics", cancellation);

    public Task<IReadOnlyList<DecisionAnswer>> DecisionsAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<DecisionAnswer>>("decisions?limit=200", cancellation);

    public Task<IReadOnlyList<OpinionAnswer>> OpinionsAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<OpinionAnswer>>("opinions?limit=5000", cancellation);

    public Task<IReadOnlyList<DataQualityAnswer>> DataQualityAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<DataQualityAnswer>>("data-quality", cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="openOnly">Only those that nobody has answered.</param>
    public Task<IReadOnlyList<AlarmAnswer>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<AlarmAnswer>>(
            string.Create(CultureInfo.InvariantCulture, $"alarms?open={(openOnly ? "true" : "false")}&limit={limit}"), cancellation);

    /// <summary>Answers an alarm; the answer is a label.</summary>
    public async Task AcknowledgeAsync(string alarmId, string label, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync($"alarms/{Uri.EscapeDataString(alarmId)}/acknowledge", new { label }, Json, cancellation);
        await RequireAsync(answer, cancellation);
    }

    public Task<OverviewAnswer> OverviewAsync(CancellationToken cancellation) => GetAsync<OverviewAnswer>("overview", cancellation);

    public Task<IReadOnlyList<TrustRoleAnswer>> TrustAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<TrustRoleAnswer>>("trust", cancellation);

    /// <summary>A device with what the domain pack says of its newest alarmed window.</summary>
    public Task<DeviceDetailAnswer> DeviceAsync(string id, CancellationToken cancellation) =>
        GetAsync<DeviceDetailAnswer>($"devices/{id}", cancellation);

    public Task<IReadOnlyList<ModelQualityAnswer>> QualityAsync(CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<ModelQualityAnswer>>("quality", cancellation);

    public Task<byte[]> PackageAsync(string digest, CancellationToken cancellation) =>
        _http.GetByteArrayAsync($"models/{digest}/package", cancellation);

    public async Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync("labels", labels, Json, cancellation);
        await RequireAsync(answer, cancellation);
    }

    public async Task<ModelAnswer> AddModelAsync(ModelManifest manifest, byte[] onnx, CancellationToken cancellation)
    {
        using var form = new MultipartFormDataContent();
        form.Add(
            new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest)), "manifest", "manifest.json");
        form.Add(new ByteArrayContent(onnx), "onnx", "model.onnx");
        using var answer = await _http.PostAsync("models", form, cancellation);
        await RequireAsync(answer, cancellation);
        return (await answer.Content.ReadFromJsonAsync<ModelAnswer>(Json, cancellation))!;
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync(path, cancellation);
        await RequireAsync(answer, cancellation);
        return (await answer.Content.ReadFromJsonAsync<T>(Json, cancellation))!;
    }

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, Json, cancellation);
        await RequireAsync(answer, cancellation);
        return (await answer.Content.ReadFromJsonAsync<T>(Json, cancellation))!;
    }

    /// <exception cref="HubRefusal">The hub said no, in its own words.</exception>
    private static async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode) return;
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        throw new HubRefusal(
            Said(text)
            ?? $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath} answered {(int)answer.StatusCode} {answer.ReasonPhrase}{(text.Length > 0 ? $": {text}" : "")}");
    }

    private static string? Said(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ProblemAnswer>(text, Json) is { Detail: { } detail } problem ? $"{problem.Title}: {detail}" : null;
        }
        catch (JsonException)
        {
            // No problem document: whatever stands between here and the hub said it.
            return null;
        }
    }
}
