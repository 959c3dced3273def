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

    /// <summary>The plan with its numbers drawn, in its transaction; without any it is one round trip.</summary>
    public Plan With(DocumentNumbers numbers)
    {
        if (Refusal is { } refusal)
            return refusal;
        if (Series.Count > 0)
        {
            return Plan.Inside(async (connection, cancellation) =>
                Build!(await numbers.DrawAsync(connection, Series, cancellation)));
        }

        var (batch, reply) = Build!(DrawnNumbers.None);
        return Plan.Write(batch, reply);
    }

    public static implicit operator NumberedPlan(Refusal refusal) => new(refusal, [], null);
}

/// <summary>Changes that number documents, other than those of the issuing lane.</summary>
internal static class NumberedCommand
{
    /// <summary>
    /// Plans, draws numbers and writes in one transaction, and answers. After a version conflict it is planned again,
    /// so the plan must load what it decides on each time; numbers of a lost round are given back.
    /// </summary>
    public static Task<IResult> CommitAsync(
        this HttpCommand command, DocumentNumbers numbers, Func<CancellationToken, Task<NumberedPlan>> plan) =>
        command.CommitAsync(async cancellation => (await plan(cancellation)).With(numbers));

    /// <summary>The same where what exists already has to be looked for (<see cref="HttpCommand"/>).</summary>
    public static Task<IResult> CommitAsync(
        this HttpCommand command, DocumentNumbers numbers, Func<CancellationToken, Task<NumberedPlan>> plan,
        Func<string, Task<Refusal?>> onDuplicate) =>
        command.CommitAsync(async cancellation => (await plan(cancellation)).With(numbers), onDuplicate);
}
