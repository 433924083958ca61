using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Corpora;

/// <summary>A set whose recordings fall into groups that may be left out one by one, so that what was not fitted can be judged.</summary>
internal interface ITunableCorpus : ICorpus
{
    ClassRecipe Recipe { get; }

    /// <param name="folder">As <see cref="ScoreRequest.TrainData"/>.</param>
    /// <exception cref="CorpusException">A file cannot be read; the message names file, row and field.</exception>
    IReadOnlyList<TaskRecording> TrainingRecordings(string folder);
}
