using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>acted_on_notices</c>: notices of change that a person has acted on.</summary>
public sealed class ActedOnNoticeProjection : Projection
{
    public ActedOnNoticeProjection()
        : base("acted_on_notices", "acted_on_notices") => On<NoticeOfChangeActedOn>(
            "insert into acted_on_notices (import_id, statement, entry, note, acted_by, acted_at) " +
            "select * from unnest($1, $2, $3, $4, $5, $6)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Statement)
                .Column(e => e.Data.Entry)
                .Column(e => e.Data.Note)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.At));
}
