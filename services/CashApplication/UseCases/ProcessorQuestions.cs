using Dapper;
using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Processors;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// CASH-16: asks the processor of the legal entity what became of payments that nobody knows of, after pauses that are
/// configured, until it answers or they expire. Asking twice does no harm: what it answers is decided on the payment as
/// it is then.
/// </summary>
public sealed class ProcessorQuestions(
    EventStore store, ProcessorClient processor, IOptions<ProcessorOptions> options, TimeProvider clock)
{
    private const string Due = """
        select p.id, p.legal_entity, p.processor_reference as reference, p.amount, p.currency,
            coalesce(q.asked, 0) as asked
        from pending_payments p left join processor_questions q on q.pending_id = p.id
        where p.status = 'pending' and p.stage = 'unknown' and p.processor_reference is not null
            and p.legal_entity = @legalEntity
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
        if (processor.LegalEntities.Count == 0)
            return;
        foreach (var legalEntity in processor.LegalEntities)
            await AskAsync(legalEntity, attempt, cancellation);
        await ExecuteAsync(Forget, new { }, cancellation);
    }

    private async Task AskAsync(string legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        var isAway = false;
        foreach (var question in await DueAsync(legalEntity, cancellation))
        {
            await attempt($"Question about pending payment {question.Id}", () => AskAboutAsync(question), cancellation);
            if (isAway)
                return;
        }

        async Task AskAboutAsync(Question question)
        {
            ProcessorAnswer answer;
            try
            {
                answer = await processor.AskAsync(
                    question.LegalEntity, question.Reference, Money.Of(question.Amount, question.Currency),
                    cancellation);
            }
            catch (ProcessorUnavailableException away)
            {
                isAway = away.IsAway;
                await PutOffAsync(question, isAway ? question.Asked : question.Asked + 1, cancellation);
                throw;
            }

            await store.DecideAsync(
                PendingPayment.Type, question.Id,
                new EventMetadata(By: "cash-application", Reason: "the processor was asked"),
                pending => PendingPaymentDecider.Answer(pending, answer), cancellation: cancellation);
            if (answer.State == ProcessorState.Open)
                await PutOffAsync(question, question.Asked + 1, cancellation);
        }
    }

    /// <summary>A question that reached nobody uses up no pause: it is asked again after the first one.</summary>
    private Task PutOffAsync(Question question, int asked, CancellationToken cancellation)
    {
        var pause = options.Value.PauseAfter(asked == question.Asked ? 0 : asked);
        var at = (clock.GetUtcNow() + pause).UtcDateTime;
        return ExecuteAsync(AskAgain, new { id = question.Id, asked, at }, cancellation);
    }

    private async Task<IReadOnlyList<Question>> DueAsync(string legalEntity, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Question>(new CommandDefinition(
            Due, new { legalEntity, now = clock.GetUtcNow().UtcDateTime, first = options.Value.PauseAfter(0) },
            cancellationToken: cancellation))).AsList();
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed record Question(
        Guid Id, string LegalEntity, string Reference, decimal Amount, string Currency, int Asked);
}
