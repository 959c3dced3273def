using Dapper;
using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Processors;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// CASH-16: asks the processor of the legal entity what became of payments that nobody knows of, and of those that are
/// authorized or under way, after pauses that are configured, until it says how they end or they expire. Asking twice
/// does no harm: what it answers is decided on the payment as it is then.
/// </summary>
public sealed class ProcessorQuestions(
    EventStore store, ProcessorClient processor, IOptions<ProcessorOptions> options, TimeProvider clock)
{
    private const string Due = """
        select p.id, p.legal_entity, p.processor_reference as reference, p.amount, p.currency, p.stage,
            coalesce(q.asked, 0) as asked
        from pending_payments p left join processor_questions q on q.pending_id = p.id
        cross join lateral (select coalesce(
            q.ask_at, p.recorded_at + case p.stage when 'unknown' then @first else @firstOfPending end) as ask_at) t
        where p.status = 'pending' and p.stage = any(@stages) and not p.answered and p.processor_reference is not null
            and p.legal_entity = @legalEntity and t.ask_at <= @now
        order by t.ask_at, p.id limit 100
        """;

    private const string AskAgain =
        "insert into processor_questions (pending_id, asked, ask_at) values (@id, @asked, @at) " +
        "on conflict (pending_id) do update set asked = excluded.asked, ask_at = excluded.ask_at";

    private const string Forget =
        "delete from processor_questions q where not exists (select 1 from pending_payments p " +
        "where p.id = q.pending_id and p.status = 'pending' and p.stage = any(@stages) and not p.answered)";

    private static readonly string[] Stages = [.. PendingStages.OfProcessors];

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
        await ExecuteAsync(Forget, new { stages = Stages }, cancellation);
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

            // Also where that changed nothing, as of what an older instance has answered; of what is answered or has
            // ended it is forgotten.
            await PutOffAsync(question, question.Asked + 1, cancellation);
        }
    }

    /// <summary>A question that reached nobody uses up no pause: it is asked again after the first one.</summary>
    private Task PutOffAsync(Question question, int asked, CancellationToken cancellation)
    {
        var pause = options.Value.PauseAfter(question.Stage, asked == question.Asked ? 0 : asked);
        var at = (clock.GetUtcNow() + pause).UtcDateTime;
        return ExecuteAsync(AskAgain, new { id = question.Id, asked, at }, cancellation);
    }

    private async Task<IReadOnlyList<Question>> DueAsync(string legalEntity, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Question>(new CommandDefinition(
            Due,
            new
            {
                legalEntity,
                stages = Stages,
                now = clock.GetUtcNow().UtcDateTime,
                first = options.Value.PauseAfter(PendingStages.Unknown, 0),
                firstOfPending = options.Value.PauseAfter(PendingStages.Initiated, 0),
            },
            cancellationToken: cancellation))).AsList();
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed record Question(
        Guid Id, string LegalEntity, string Reference, decimal Amount, string Currency, string Stage, int Asked);
}
