using System.Globalization;

namespace Cloud.Hub.Learning.Corpora;

/// <summary>Labels beside predictions, one line a window or row, as scorers read them.</summary>
internal static class PredictionFile
{
    /// <param name="name">File scored; the predictions bear its name.</param>
    /// <param name="rows">Index in the file scored, true label, prediction; both in the file's own codes.</param>
    public static void Write(string folder, string name, IEnumerable<(int Index, int Label, int Prediction)> rows)
    {
        using var writer = new StreamWriter(Path.Combine(folder, Path.GetFileName(name))) { NewLine = "\n" };
        writer.WriteLine("index,label,prediction");
        foreach (var (index, label, prediction) in rows) writer.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{index},{label},{prediction}"));
    }
}
