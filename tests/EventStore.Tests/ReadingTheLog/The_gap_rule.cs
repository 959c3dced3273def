using FsCheck;
using FsCheck.Fluent;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.ReadingTheLog;

/// <summary>
/// The rule against a model of PostgreSQL: transactions take an id, then draw sequence numbers, then commit or roll
/// back in any order; a reader takes pages at any time.
/// </summary>
public sealed class The_gap_rule
{
    [Fact]
    public void hands_out_every_committed_event_once_and_in_order() =>
        Prop.ForAll(Schedules(), schedule =>
        {
            var model = new LogModel();
            var reader = new ModelReader(model);
            foreach (var step in schedule)
                model.Do(step, reader.Read);
            model.EndAll();
            reader.ReadToEnd();
            return reader.Sequences.SequenceEqual(model.Committed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void never_waits_when_nothing_is_in_flight() =>
        Prop.ForAll(Schedules(), schedule =>
        {
            var model = new LogModel();
            foreach (var step in schedule)
                model.Do(step, _ => { });
            model.EndAll();
            var reader = new ModelReader(model);
            reader.Read(1000);
            return !reader.IsWaiting && reader.Sequences.SequenceEqual(model.Committed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void waits_only_for_transactions_that_were_in_flight_when_the_hole_was_seen() =>
        Prop.ForAll(Schedules(), schedule =>
        {
            var model = new LogModel();
            foreach (var step in schedule)
                model.Do(step, _ => { });
            var reader = new ModelReader(model);
            reader.Read(1000);
            var expected = model.Committed.ToArray();

            // Others go on and on, and never all end at once.
            model.EndAll(except: model.Begin());
            model.EndAll(except: model.Begin());
            reader.ReadToEnd(tries: 3);
            return expected.All(reader.Sequences.Contains);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void is_needed_for_that() =>
        Should.Throw<Exception>(() => Prop.ForAll(Schedules(), schedule =>
        {
            var model = new LogModel();
            var reader = new ModelReader(model, careless: true);
            foreach (var step in schedule)
                model.Do(step, reader.Read);
            model.EndAll();
            reader.ReadToEnd();
            return reader.Sequences.SequenceEqual(model.Committed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000)));

    private static Arbitrary<LogModel.Step[]> Schedules() =>
        (from kind in Gen.Choose(0, 9)
         from which in Gen.Choose(0, 7)
         select new LogModel.Step(kind, which)).ArrayOf().ToArbitrary();

    /// <summary>Reads pages of the model as <see cref="LogReader"/> reads them of the database.</summary>
    private sealed class ModelReader(LogModel model, bool careless = false)
    {
        private readonly GapRule _rule = new(0);
        private long _position;

        public List<long> Sequences { get; } = [];

        public bool IsWaiting => _rule.IsWaiting;

        public void Read(int limit)
        {
            var page = model.Page(_position, limit);
            var count = careless ? page.Events.Count : _rule.Admit(page);
            Sequences.AddRange(page.Events.Take(count).Select(e => e.Sequence));
            if (count > 0)
                _position = page.Events[count - 1].Sequence;
        }

        public void ReadToEnd(int tries = 3)
        {
            for (var turn = 0; turn < tries; turn++)
                Read(1000);
        }
    }
}

/// <summary>
/// What PostgreSQL does with transaction ids, sequence numbers and snapshots, as far as the log is concerned.
/// </summary>
internal sealed class LogModel
{
    private readonly List<Transaction> _open = [];
    private readonly SortedSet<long> _committed = [];
    private ulong _nextTransaction = 100;
    private long _nextSequence = 1;

    public IEnumerable<long> Committed => _committed;

    /// <summary>Kind: 0–1 begins, 2–4 draws a number, 5–6 commits, 7 rolls back, 8–9 reads.</summary>
    public void Do(Step step, Action<int> read)
    {
        if (step.Kind <= 1 && _open.Count < 8)
            Begin();
        else if (step.Kind >= 8)
            read(step.Which + 1);
        else if (_open.Count > 0)
            Do(step.Kind, _open[step.Which % _open.Count]);
    }

    public Transaction Begin()
    {
        var begun = new Transaction(_nextTransaction++);
        _open.Add(begun);
        return begun;
    }

    public void EndAll(Transaction? except = null)
    {
        foreach (var transaction in _open.Where(open => open != except).ToArray())
            End(transaction, commit: true);
    }

    public LogPage Page(long above, int limit) => new(
        [.. _committed.Where(sequence => sequence > above).Take(limit).Select(Event)],
        _open.Select(open => open.Id).DefaultIfEmpty(_nextTransaction).Min(),
        _nextTransaction);

    private void Do(int kind, Transaction transaction)
    {
        if (kind <= 4)
            transaction.Drawn.Add(_nextSequence++);
        else
            End(transaction, commit: kind <= 6);
    }

    private void End(Transaction transaction, bool commit)
    {
        _open.Remove(transaction);
        if (commit)
            _committed.UnionWith(transaction.Drawn);
    }

    private static StoredEvent Event(long sequence) => new()
    {
        Sequence = sequence,
        Id = Guid.Empty,
        StreamId = Guid.Empty,
        Version = 1,
        Type = "deposited",
        Data = new Deposited(1),
        At = default,
        Metadata = Some.Metadata,
    };

    public sealed record Step(int Kind, int Which);

    public sealed record Transaction(ulong Id)
    {
        public List<long> Drawn { get; } = [];
    }
}
