using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Endpoints;
using Grpc.Core;
using Hmas.Contracts.Facts;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Learning's label queue when it runs in another process.</summary>
internal sealed class LabelQueueGrpcClient(V1.Learning.LearningClient client) : ILabelQuestions
{
    public async Task<IReadOnlyList<LabelQuestion>> QuestionsAsync(bool waitingOnly, int limit, CancellationToken cancellation) =>
        [.. (await client.QuestionsAsync(
            new V1.QuestionsRequest { WaitingOnly = waitingOnly, Limit = limit }, cancellationToken: cancellation)).Questions.Select(
                QuestionTranslation.FromWire)];

    public async Task<LabelQuestion?> QuestionAsync(long id, CancellationToken cancellation)
    {
        try
        {
            return QuestionTranslation.FromWire(
                await client.FindQuestionAsync(new V1.FindQuestionRequest { Id = id }, cancellationToken: cancellation));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<LabelAnswer> AnswerAsync(long id, string? label, LabelKind? kind, string who, CancellationToken cancellation)
    {
        var request = new V1.AnswerRequest { Id = id, Who = who };
        if (label is not null) request.Label = label;
        if (kind is { } known) request.Kind = (int)known;
        try
        {
            await client.AnswerAsync(request, cancellationToken: cancellation);
            return LabelAnswer.Taken;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return LabelAnswer.Unknown;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            return LabelAnswer.AlreadyAnswered;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(label), e);
        }
    }
}
