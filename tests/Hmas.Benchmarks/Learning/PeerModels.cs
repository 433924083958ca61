using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Hmas.Benchmarks.Learning;

/// <summary>The models of the peer table, as training_peer.py builds them.</summary>
internal static class PeerModels
{
    public static Shape Input(string name) => name switch
    {
        "ConvAE-60x8" => new Shape(60, 8),
        "MLP" => new Shape(1, 128),
        "AD01" => new Shape(1, 640),
        _ => new Shape(32 * 32, 3, 32),
    };

    public static List<Layer> Layers(string name) => name switch
    {
        "ConvAE-60x8" =>
        [
            new Conv1d(32, 7, 2, 3), Relu(), new Conv1d(16, 7, 2, 3), Relu(),
            new ConvTranspose1d(16, 7, 2, 3, 1), Relu(), new ConvTranspose1d(32, 7, 2, 3, 1), Relu(), new ConvTranspose1d(8, 7, 1, 3),
        ],
        "MLP" => [.. DenseChain([64, 32, 64, 128], norm: false)],
        "AD01" => [.. DenseChain([128, 128, 128, 128, 8, 128, 128, 128, 128, 640], norm: true)],
        "SmallCnn" =>
        [
            new Conv2d(16, 3, padding: 1), Relu(), new MaxPool(2), new Conv2d(32, 3, padding: 1), Relu(), new MaxPool(2),
            new Flatten(), new Dense(64), Relu(), new Dense(10),
        ],
        _ =>
        [
            new Conv2d(16, 3, padding: 1), new BatchNorm(), Relu(), .. Block(16, 1), .. Block(32, 2), .. Block(64, 2), new GlobalAveragePool(),
            new Dense(10),
        ],
    };

    private static Activation Relu() => new(ActivationKind.Relu);

    private static IEnumerable<Layer> DenseChain(int[] sizes, bool norm)
    {
        for (var i = 0; i < sizes.Length; i++)
        {
            yield return new Dense(sizes[i]);
            if (i == sizes.Length - 1) yield break;
            if (norm) yield return new BatchNorm();
            yield return Relu();
        }
    }

    private static Layer[] Block(int channels, int stride) =>
    [
        new Conv2d(channels, 3, stride, 1), new BatchNorm(), Relu(), new Conv2d(channels, 3, padding: 1), new BatchNorm(),
        new Residual(5, stride == 1 ? null : new Conv2d(channels, 1, stride)), Relu(),
    ];
}
