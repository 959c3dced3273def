using System.Threading.Channels;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>An issued invoice and the identifier of its stream.</summary>
public sealed record IssuedInvoice(Guid Id, InvoiceIssued Event);

/// <summary>One request to issue: its drafts stand or fall together, and its answer is stored with them.</summary>
/// <param name="Drafts">Checked and priced; may be none, then only the answer is stored.</param>
/// <param name="Metadata">Who asked.</param>
/// <param name="Key">Under which the answer is stored, or null.</param>
/// <param name="Answer">The answer, from the invoices in the order of the drafts; pure, may run several times.</param>
public sealed record IssueRequest(
    IReadOnlyList<InvoiceDraft> Drafts, EventMetadata Metadata, IdempotencyKey? Key,
    Func<IReadOnlyList<IssuedInvoice>, Reply> Answer);

/// <summary>
/// The one lane in which this process issues invoices. The row of a number series is locked over a whole transaction,
/// so requests that come at the same time are carried out in one: one draw of numbers, one write, one commit for all of
/// them. Several instances take turns at the row.
/// </summary>
public sealed class InvoiceIssuing(
    EventStore store, DocumentNumbers numbers, AccountingCalendars calendars, TimeProvider clock) : BackgroundService
{
    /// <summary>A transaction takes no further request once it has this many invoices.</summary>
    private const int InvoicesPerWrite = 200;

    /// <summary>Requests that may wait; further ones wait before the queue.</summary>
    private const int QueueLength = 1_000;

    /// <summary>
    /// Each round answers at least one repeat or follows a broken deadlock; more mean that something else is wrong.
    /// </summary>
    private const int MaxRounds = 50;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>
    /// Issues what the request asks for and gives its answer. When the caller goes away the invoices may be issued
    /// nevertheless; a repeat under the same Idempotency-Key tells.
    /// </summary>
    public async Task<IResult> IssueAsync(IssueRequest request, CancellationToken cancellation)
    {
        var waiting = new Waiting(request);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellation);
        }
        catch (ChannelClosedException)
        {
            return Problems.Unavailable("The service is stopping.");
        }

        return await waiting.Result.Task.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
                await CarryOutAsync(Take());
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is still in the queue is answered below.
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var waiting))
                waiting.Result.TrySetResult(Problems.Unavailable("The service is stopping."));
        }
    }

    private List<Waiting> Take()
    {
        var taken = new List<Waiting>();
        for (var invoices = 0; invoices < InvoicesPerWrite && _queue.Reader.TryRead(out var waiting);)
        {
            taken.Add(waiting);
            invoices += waiting.Request.Drafts.Count;
        }

        return taken;
    }

    private async Task CarryOutAsync(List<Waiting> requests)
    {
        try
        {
            // Of requests with one key only one may be in a write; the others then find its answer.
            var turns = requests.GroupBy(
                waiting => waiting.Request.Key is { } key ? (key.Caller, key.Key) : (object)waiting)
                .SelectMany(same => same.Select((waiting, turn) => (waiting, turn)))
                .ToLookup(x => x.turn, x => x.waiting);
            for (var turn = 0; turns.Contains(turn); turn++)
                await WriteAsync([.. turns[turn]]);
        }
        catch (Exception error) when (requests.Count > 1 && CommitResult.LeftNothing(error))
        {
            // One of them cannot be carried out. The others must not suffer for it: each has its turn alone.
            foreach (var waiting in requests.Where(waiting => !waiting.Result.Task.IsCompleted))
                await CarryOutAsync([waiting]);
        }
        catch (Exception error)
        {
            // Whoever waits for the write hears of its failure, and the lane goes on.
            foreach (var waiting in requests)
                waiting.Result.TrySetException(error);
        }
    }

    private async Task WriteAsync(List<Waiting> open)
    {
        for (var round = 0; open.Count > 0; round++)
        {
            if (round == MaxRounds)
                throw new ContentionException("invoice", Guid.Empty);
            var replies = new List<Reply>(open.Count);
            var result = await numbers.CommitAsync(
                open.SelectMany(waiting => waiting.Request.Drafts)
                    .Select(draft => NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate)),
                drawn => Build(open, drawn, replies),
                CancellationToken.None);
            switch (result.Status)
            {
                case CommitStatus.Committed:
                    foreach (var (waiting, reply) in open.Zip(replies))
                        waiting.Result.TrySetResult(reply);
                    return;
                case CommitStatus.KeyTaken:
                    await AnswerRepeatsAsync(open);
                    break;
                case CommitStatus.VersionConflict:
                    await TurnAwayClosedAsync(open);
                    break;
                default:
                    throw new InvalidOperationException($"Issuing ended as {result.Status} {result.Constraint}.");
            }
        }
    }

    private WriteBatch Build(List<Waiting> open, DrawnNumbers drawn, List<Reply> replies)
    {
        replies.Clear();
        var batch = new WriteBatch(open[0].Request.Metadata);
        foreach (var request in open.Select(waiting => waiting.Request))
        {
            var issued = new List<IssuedInvoice>(request.Drafts.Count);
            foreach (var draft in request.Drafts)
            {
                var number = drawn.Next(NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate));
                var id = Ids.Next(clock);
                var decision = InvoiceDecider.Issue(Invoice.Initial, draft, number);
                batch.Append(InvoiceStream.Type, id, 0, decision.Events, request.Metadata);
                issued.Add(new IssuedInvoice(id, (InvoiceIssued)decision.Events[0]));
            }

            var reply = request.Answer(issued);
            replies.Add(reply);
            if (request.Key is { } key)
                batch.Guard(key.Claim(reply));
        }

        return batch;
    }

    /// <summary>A period was closed after these invoices were checked; asked again, each hears what is open.</summary>
    private async Task TurnAwayClosedAsync(List<Waiting> open)
    {
        await calendars.RefreshAsync(CancellationToken.None);
        foreach (var waiting in open.Where(waiting => waiting.Request.Drafts.Any(IsClosed)))
        {
            waiting.Result.TrySetResult(
                Problems.Unavailable("An accounting period was closed while this was on its way. Try again."));
        }

        open.RemoveAll(waiting => waiting.Result.Task.IsCompleted);

        bool IsClosed(InvoiceDraft draft)
        {
            var calendar = calendars.Of(draft.Books.LegalEntity);
            return draft.InvoiceDate <= calendar.ClosedThrough
                || (draft.InvoiceDate < calendar.FirstOpenDay && !draft.Adjusting);
        }
    }

    private async Task AnswerRepeatsAsync(List<Waiting> open)
    {
        var keys = open.Select(waiting => waiting.Request.Key).OfType<IdempotencyKey>().ToList();
        var stored = await IdempotencyKey.FindAsync(store.Database, keys);
        foreach (var waiting in open)
        {
            if (waiting.Request.Key is { } key && stored.TryGetValue(key, out var answer))
                waiting.Result.TrySetResult(answer);
        }

        open.RemoveAll(waiting => waiting.Result.Task.IsCompleted);
    }

    private sealed class Waiting(IssueRequest request)
    {
        public IssueRequest Request { get; } = request;

        public TaskCompletionSource<IResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
