using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What a request that numbers documents comes to: a write and its answer, or a refusal.</summary>
internal sealed class NumberedPlan
{
    private NumberedPlan(
        Refusal? refusal, IReadOnlyList<NumberSeries> series, Func<DrawnNumbers, (WriteBatch, Reply)>? build) =>
        (Refusal, Series, Build) = (refusal, series, build);

    public Refusal? Refusal { get; }

    /// <summary>One entry per number that is needed.</summary>
    public IReadOnlyList<NumberSeries> Series { get; }

    /// <summary>The write and the answer once the numbers are drawn.</summary>
    public Func<DrawnNumbers, (WriteBatch Batch, Reply Reply)>? Build { get; }

    public static NumberedPlan Write(
        IReadOnlyList<NumberSeries> series, Func<DrawnNumbers, (WriteBatch Batch, Reply Reply)> build) =>
        new(null, series, build);

    public static implicit operator NumberedPlan(Refusal refusal) => new(refusal, [], null);
}

/// <summary>Changes that number documents, other than those of the issuing lane.</summary>
internal static class NumberedCommand
{
    /// <summary>Each round follows a lost race or a broken deadlock.</summary>
    private const int MaxRounds = 50;

    /// <summary>
    /// Plans, draws numbers and writes in one transaction, and answers. After a version conflict it is planned again,
    /// so the plan must load what it decides on each time; numbers of a lost round are given back.
    /// </summary>
    public static async Task<IResult> CommitAsync(
        this HttpCommand command, DocumentNumbers numbers, Func<CancellationToken, Task<NumberedPlan>> plan)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var wanted = await plan(command.Cancellation);
            if (wanted.Refusal is { } refusal)
                return await command.RefuseAsync(refusal);
            Reply reply = null!;
            var result = await numbers.CommitAsync(
                wanted.Series,
                drawn =>
                {
                    (var batch, reply) = wanted.Build!(drawn);
                    return command.Key is { } key ? batch.Guard(key.Claim(reply)) : batch;
                },
                command.Cancellation);
            switch (result.Status)
            {
                case CommitStatus.Committed:
                    return reply;
                case CommitStatus.KeyTaken:
                    return await command.Key!.FindAsync(command.Store.Database, command.Cancellation)
                        ?? Problems.Unavailable();
                case CommitStatus.VersionConflict:
                    break;
                default:
                    throw new InvalidOperationException(
                        $"Numbering ended as {result.Status} {result.Constraint}.");
            }
        }

        throw new ContentionException("several streams", Guid.Empty);
    }
}
