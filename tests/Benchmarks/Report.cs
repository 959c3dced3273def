using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderToCash.Benchmarks;

/// <summary>What a figure is to be; any one of the conditions is enough.</summary>
/// <param name="Ratio">Least share of the bare figure.</param>
/// <param name="AtLeast">Least value.</param>
/// <param name="AtMost">Greatest value.</param>
internal sealed record Goal(decimal? Ratio = null, decimal? AtLeast = null, decimal? AtMost = null)
{
    public bool IsMet(Figure figure) =>
        figure.Ratio >= Ratio || figure.Ours >= AtLeast || figure.Ours <= AtMost;

    public override string ToString() => string.Join(" or ", new[]
    {
        Format(Ratio, "ratio >= {0}"), Format(AtLeast, ">= {0:#,0}"), Format(AtMost, "<= {0:#,0.###}"),
    }.Where(part => part.Length > 0));

    private static string Format(decimal? value, string text) =>
        value is null ? "" : string.Format(CultureInfo.InvariantCulture, text, value);
}

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Unit">Of both values.</param>
/// <param name="Ours">What the product reached.</param>
/// <param name="Bare">What a bare client reached in the same run, where there is one.</param>
/// <param name="Goal">What it is to reach, where that is laid down.</param>
/// <param name="Cpu">Microseconds of CPU per piece, by who spent them.</param>
/// <param name="BareCpu">The same of the bare client.</param>
internal sealed record Figure(
    string What, string Unit, decimal Ours, decimal? Bare = null, Goal? Goal = null,
    IReadOnlyDictionary<string, decimal>? Cpu = null, IReadOnlyDictionary<string, decimal>? BareCpu = null)
{
    /// <summary>Ours by the bare one.</summary>
    public decimal? Ratio => Bare is > 0 ? Ours / Bare : null;

    /// <summary>True where the goal is met; null where there is none.</summary>
    public bool? IsMet => Goal?.IsMet(this);

    public static Figure Rate(string what, string unit, Cost ours, Cost bare, Goal? goal = null) =>
        new(what, unit, ours.PerSecond, bare.PerSecond, goal, ours.Cpu, bare.Cpu);
}

/// <summary>The table, printed as it grows, and the same as JSON.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly List<(string Benchmark, Figure Figure)> _figures = [];
    private string _benchmark = "";

    public void Begin(Benchmark benchmark)
    {
        _benchmark = benchmark.Name;
        Console.WriteLine($"\n{benchmark.Name}: {benchmark.What}");
        Console.WriteLine($"{"",-52} {"ours",18} {"bare",10} {"ratio",6}  goal");
    }

    public void Add(Figure figure)
    {
        _figures.Add((_benchmark, figure));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{figure.What,-52} {Value(figure.Ours) + " " + figure.Unit,18} {Value(figure.Bare),10} " +
            $"{figure.Ratio,6:0.00}  {Verdict(figure)}"));
        if (figure.Cpu is not null)
            Console.WriteLine($"{"",4}us of CPU each: {Shares(figure.Cpu)}{Bare(figure)}");
    }

    public async Task WriteAsync(FileInfo file, CancellationToken cancellation)
    {
        var text = JsonSerializer.Serialize(
            new
            {
                At = TimeProvider.System.GetUtcNow(),
                System = RuntimeInformation.OSDescription,
                Runtime = RuntimeInformation.FrameworkDescription,
                Processors = Environment.ProcessorCount,
                Figures = _figures.Select(line => new
                {
                    line.Benchmark,
                    line.Figure.What,
                    line.Figure.Unit,
                    Ours = Rounded(line.Figure.Ours),
                    Bare = Rounded(line.Figure.Bare),
                    Ratio = Rounded(line.Figure.Ratio),
                    Goal = line.Figure.Goal?.ToString(),
                    line.Figure.IsMet,
                    CpuMicroseconds = Rounded(line.Figure.Cpu),
                    BareCpuMicroseconds = Rounded(line.Figure.BareCpu),
                }),
            },
            Indented);
        await File.WriteAllTextAsync(file.FullName, text, cancellation);
    }

    private static string Verdict(Figure figure) => figure.IsMet switch
    {
        null => "",
        true => $"{figure.Goal}: met",
        false => $"{figure.Goal}: MISSED",
    };

    private static string Bare(Figure figure) => figure.BareCpu is null ? "" : $"; bare: {Shares(figure.BareCpu)}";

    private static string Shares(IReadOnlyDictionary<string, decimal> cpu) => string.Join(", ", cpu.Select(
        share => string.Create(CultureInfo.InvariantCulture, $"{share.Key} {share.Value:#,0}")));

    private static string Value(decimal? value) => value is null
        ? ""
        : string.Format(CultureInfo.InvariantCulture, value < 100 ? "{0:0.##}" : "{0:#,0}", value);

    private static decimal? Rounded(decimal? value) => value is null ? null : Math.Round(value.Value, 3);

    private static Dictionary<string, decimal>? Rounded(IReadOnlyDictionary<string, decimal>? cpu) =>
        cpu?.ToDictionary(share => share.Key, share => Math.Round(share.Value));
}
