using Dapper;
using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Processors;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// CASH-16: asks the processor what became of payments that nobody knows of, after pauses that are configured, until it
/// answers or they expire. Asking twice does no harm: what it answers is decided on the payment as it is then.
/// </summary>
public sealed class ProcessorQuestions(
    EventStore store, ProcessorClient processor, IOptions<ProcessorOptions> options, TimeProvider clock)
{
    private const string Due = """
        select p.id, p.processor_reference as reference, coalesce(q.asked, 0) as asked
        from pending_payments p left join processor_questions q on q.pending_id = p.id
        where p.status = 'pending' and p.stage = 'unknown' and p.processor_reference is not null
            and coalesce(q.ask_at, p.recorded_at + @first) <= @now
        order by coalesce(q.ask_at, p.recorded_at + @first), p.id limit 100
        """;

    private const string AskAgain =
        "insert into processor_questions (pending_id, asked, ask_at) values (@id, @asked, @at) " +
        "on conflict (pending_id) do update set asked = excluded.asked, ask_at = excluded.ask_at";

    private const string Forget =
        "delete from processor_questions q where not exists (select 1 from pending_payments p " +
        "where p.id = q.pending_id and p.status = 'pending' and p.stage = 'unknown')";

    /// <summary>Asks about the next payments that are due; a processor that answers nobody is asked no more.</summary>
    /// <param name="attempt">Tells whoever runs this what fails.</param>
    /// <param name="cancellation">Stops between two payments.</param>
    public async Task AskAsync(Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (!processor.IsSet)
            return;
        var isAway = false;
        foreach (var question in await DueAsync(cancellation))
        {
            await attempt($"Question about pending payment {question.Id}", () => AskAboutAsync(question), cancellation);
            if (isAway)
                break;
        }

        await ExecuteAsync(Forget, new { }, cancellation);

        async Task AskAboutAsync(Question question)
        {
            ProcessorAnswer answer;
            try
            {
                answer = await processor.AskAsync(question.Reference, cancellation);
            }
            catch (ProcessorUnavailableException away)
            {
                isAway = away.IsAway;
                await PutOffAsync(question, cancellation);
                throw;
            }

            await store.DecideAsync(
                PendingPayment.Type, question.Id,
                new EventMetadata(By: "cash-application", Reason: "the processor was asked"),
                pending => PendingPaymentDecider.Answer(pending, answer), cancellation: cancellation);
            if (answer.State == ProcessorState.Open)
                await PutOffAsync(question, cancellation);
        }
    }

    private Task PutOffAsync(Question question, CancellationToken cancellation)
    {
        var asked = question.Asked + 1;
        var at = (clock.GetUtcNow() + options.Value.PauseAfter(asked)).UtcDateTime;
        return ExecuteAsync(AskAgain, new { id = question.Id, asked, at }, cancellation);
    }

    private async Task<IReadOnlyList<Question>> DueAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Question>(new CommandDefinition(
            Due, new { now = clock.GetUtcNow().UtcDateTime, first = options.Value.PauseAfter(0) },
            cancellationToken: cancellation))).AsList();
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed record Question(Guid Id, string Reference, int Asked);
}
