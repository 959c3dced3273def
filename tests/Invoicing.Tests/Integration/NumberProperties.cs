using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Invoicing.Numbering;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>I-15 over random histories on the real series.</summary>
public class NumberProperties(InvoicingApp app)
{
    private const int Histories = 2_000;
    private const int Writers = 3;
    private const int WritesPerWriter = 4;

    /// <summary>
    /// Writes of random size over random series, several at once, every third given up at the end: what is committed
    /// is 1 to n of each series, each number once, and each writer sees them rise.
    /// </summary>
    [Fact]
    public async Task I15_numbers_are_unique_gapless_and_rising_per_series_whatever_is_given_up()
    {
        var numbers = app.Services.GetRequiredService<DocumentNumbers>();
        await Parallel.ForAsync(0, Histories, async (seed, cancellation) =>
        {
            var entity = $"N{seed:D4}";
            var committed = new ConcurrentDictionary<NumberSeries, ConcurrentQueue<string>>();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                var random = new Random((seed * Writers) + writer);
                var last = new Dictionary<NumberSeries, string>();
                for (var write = 0; write < WritesPerWriter; write++)
                {
                    NumberSeries[] wanted =
                    [
                        .. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new NumberSeries(
                            entity, random.Next(2) == 0 ? "INV" : "CM", 2025 + random.Next(2))),
                    ];
                    await using var connection = await app.Database.Source.OpenConnectionAsync(cancellation);
                    await using var transaction = await connection.BeginTransactionAsync(cancellation);
                    var drawn = await numbers.DrawAsync(connection, wanted, cancellation);
                    var mine = wanted.Select(series => (Series: series, Number: drawn.Next(series))).ToList();
                    if (random.Next(3) == 0)
                        continue;
                    await transaction.CommitAsync(cancellation);
                    foreach (var (series, number) in mine)
                    {
                        string.CompareOrdinal(last.GetValueOrDefault(series, ""), number).ShouldBeLessThan(0);
                        last[series] = number;
                        committed.GetOrAdd(series, _ => new()).Enqueue(number);
                    }
                }
            }));

            foreach (var (series, all) in committed)
            {
                all.Order(StringComparer.Ordinal).ShouldBe(
                    Enumerable.Range(1, all.Count).Select(n => series.Format(n)));
            }
        });
    }
}
