using Cloud.Hub.Learning.Contract;
using Grpc.Core;
using Hmas.Contracts.Facts;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Learning.Endpoints;

/// <summary>Serves the Learning service's door over gRPC: parses, calls, translates.</summary>
internal sealed class LearningEndpoint(ITrainingRuns runs, ILabelQuestions questions) : V1.Learning.LearningBase
{
    public override async Task<V1.StartReply> Start(V1.StartRequest request, ServerCallContext context)
    {
        try
        {
            return new V1.StartReply { RunId = await runs.StartAsync(LearningTranslation.FromWire(request), context.CancellationToken) };
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, refused.Message));
        }
        catch (InvalidOperationException full)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, full.Message));
        }
    }

    public override async Task<V1.TrainingRun> Find(V1.FindRequest request, ServerCallContext context) =>
        await runs.RunAsync(request.RunId, context.CancellationToken) is { } run
            ? LearningTranslation.ToWire(run)
            : throw new RpcException(new Status(StatusCode.NotFound, $"there is no training run '{request.RunId}'"));

    public override async Task<V1.ListReply> List(V1.ListRequest request, ServerCallContext context)
    {
        var reply = new V1.ListReply();
        reply.Runs.AddRange((await runs.RunsAsync(context.CancellationToken)).Select(LearningTranslation.ToWire));
        return reply;
    }

    public override async Task<V1.CancelReply> Cancel(V1.CancelRequest request, ServerCallContext context) =>
        new() { Cancelled = await runs.CancelAsync(request.RunId, context.CancellationToken) };

    public override async Task Datasets(V1.FindRequest request, IServerStreamWriter<V1.DatasetSource> responseStream, ServerCallContext context)
    {
        foreach (var source in (await runs.DatasetsAsync(request.RunId, context.CancellationToken)).SelectMany(LearningTranslation.ToWire))
            await responseStream.WriteAsync(source, context.CancellationToken);
    }

    public override async Task<V1.UsesReply> Uses(V1.UsesRequest request, ServerCallContext context)
    {
        var reply = new V1.UsesReply();
        var uses = await runs.UsesAsync(request.ExperienceId, context.CancellationToken);
        reply.Uses.AddRange(uses.Select(static use => new V1.DatasetUse { TrainingRunId = use.TrainingRunId, Part = use.Part, Digest = use.Digest }));
        return reply;
    }

    public override async Task<V1.FaultsReply> Faults(V1.FaultsRequest request, ServerCallContext context)
    {
        var reply = new V1.FaultsReply();
        reply.Faults.AddRange((await runs.FaultsAsync(context.CancellationToken)).Select(static fault =>
            new V1.ConfirmedFault { DeviceId = fault.DeviceId, RunId = fault.RunId, Block = fault.Block, Fault = fault.Fault }));
        return reply;
    }

    public override async Task<V1.QuestionsReply> Questions(V1.QuestionsRequest request, ServerCallContext context)
    {
        var reply = new V1.QuestionsReply();
        reply.Questions.AddRange(
            (await questions.QuestionsAsync(request.WaitingOnly, request.Limit, context.CancellationToken)).Select(QuestionTranslation.ToWire));
        return reply;
    }

    public override async Task<V1.Question> FindQuestion(V1.FindQuestionRequest request, ServerCallContext context) =>
        await questions.QuestionAsync(request.Id, context.CancellationToken) is { } question
            ? QuestionTranslation.ToWire(question) : throw NoQuestion(request.Id);

    public override async Task<V1.AnswerReply> Answer(V1.AnswerRequest request, ServerCallContext context)
    {
        try
        {
            var (label, kind) = (request.HasLabel ? request.Label : null, request.HasKind ? (LabelKind?)request.Kind : null);
            return await questions.AnswerAsync(request.Id, label, kind, request.Who, context.CancellationToken) switch
            {
                LabelAnswer.Taken => new V1.AnswerReply(),
                LabelAnswer.AlreadyAnswered =>
                    throw new RpcException(new Status(StatusCode.FailedPrecondition, $"question {request.Id} does not wait any more")),
                _ => throw NoQuestion(request.Id),
            };
        }
        catch (ArgumentException refused)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, refused.Message));
        }
    }

    private static RpcException NoQuestion(long id) => new(new Status(StatusCode.NotFound, $"there is no question {id}"));
}
