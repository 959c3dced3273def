using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

public sealed partial class CamtReader
{
    private StatementEntry ReadEntry()
    {
        if (++_entriesInFile > _limits.MaxEntries)
            throw _xml.TooMany($"{_limits.MaxEntries} entries in the file");
        _xml.Number(++_entries);
        var line = _xml.Line;
        Money? amount = null;
        Movement? movement = null;
        bool? reversal = null;
        EntryStatus? status = null;
        DateOnly? bookingDate = null, valueDate = null;
        string? reference = null, bankReference = null, information = null;
        BankTransactionCode? code = null;
        var batch = default(Batch);
        ToldCharges? charges = null;
        List<TransactionDetails>? details = null;
        for (var entry = _xml.Depth; _xml.NextChild(entry);)
        {
            switch (_xml.Name)
            {
                case "Amt": _xml.OnlyOnce(amount is not null); amount = _xml.Money(); break;
                case "CdtDbtInd": _xml.OnlyOnce(movement is not null); movement = ReadMovement(); break;
                case "RvslInd": _xml.OnlyOnce(reversal is not null); reversal = _xml.Indicator(); break;
                case "Sts": _xml.OnlyOnce(status is not null); status = ReadStatus(); break;
                case "BookgDt": bookingDate = ReadDate(); break;
                case "ValDt": valueDate = ReadDate(); break;
                case "NtryRef": reference = _xml.Text(); break;
                case "AcctSvcrRef": bankReference = _xml.Text(); break;
                case "BkTxCd": code = ReadTransactionCode(); break;
                case "Btch": ReadBatch(ref batch); break;
                case "Chrgs": ReadCharges(charges ??= new ToldCharges()); break;
                case "NtryDtls": ReadEntryDetails(details ??= [], ref batch); break;
                case "TxDtls": AddDetails(details ??= []); break;
                case "AddtlNtryInf": information = _xml.Text(); break;
            }
        }

        return new StatementEntry
        {
            Ordinal = _entries,
            Line = line,
            Amount = amount ?? throw _xml.Missing("the entry's Amt"),
            Movement = movement ?? throw _xml.Missing("the entry's CdtDbtInd"),
            IsReversal = reversal ?? false,
            Status = status ?? (Kind == StatementKind.Statement ? EntryStatus.Booked : EntryStatus.Information),
            BookingDate = bookingDate,
            ValueDate = valueDate,
            EntryReference = reference,
            BankReference = bankReference,
            TransactionCode = code,
            BatchCount = batch.Count,
            OrderReference = batch.Payments ?? batch.Message,
            Charges = charges?.All ?? [],
            KeyCharges = charges?.ByElement ?? [],
            IncludedCharges = charges?.Included ?? [],
            ChargeBearer = charges?.Bearer,
            AdditionalInformation = information,
            Details = Kept(details),
        };
    }

    /// <summary>An entry of a status that is not known might be cash or not, so nothing is assumed of it.</summary>
    private EntryStatus ReadStatus() => _xml.Code("Cd") switch
    {
        "BOOK" => EntryStatus.Booked,
        "PDNG" or "FUTR" => EntryStatus.Pending,
        "INFO" => EntryStatus.Information,
        _ => throw _xml.Unreadable("BOOK, PDNG, FUTR or INFO"),
    };

    private BankTransactionCode? ReadTransactionCode()
    {
        string? domain = null, family = null, subFamily = null, proprietary = null, issuer = null;
        for (var code = _xml.Depth; _xml.NextChild(code);)
        {
            if (_xml.Name == "Domn")
            {
                (domain, family, subFamily) = ReadDomain();
            }
            else if (_xml.Name == "Prtry")
            {
                for (var own = _xml.Depth; _xml.NextChild(own);)
                {
                    if (_xml.Name == "Cd")
                        proprietary = _xml.Text();
                    else if (_xml.Name == "Issr")
                        issuer = _xml.Text();
                }
            }
        }

        return domain is null && proprietary is null
            ? null
            : new BankTransactionCode(domain, family, subFamily, proprietary, issuer);
    }

    private (string? Domain, string? Family, string? SubFamily) ReadDomain()
    {
        (string? Domain, string? Family, string? SubFamily) code = default;
        for (var domain = _xml.Depth; _xml.NextChild(domain);)
        {
            if (_xml.Name == "Cd")
            {
                code.Domain = _xml.Text();
            }
            else if (_xml.Name == "Fmly")
            {
                for (var family = _xml.Depth; _xml.NextChild(family);)
                {
                    if (_xml.Name == "Cd")
                        code.Family = _xml.Text();
                    else if (_xml.Name == "SubFmlyCd")
                        code.SubFamily = _xml.Text();
                }
            }
        }

        return code;
    }

    private void ReadBatch(ref Batch batch)
    {
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            switch (_xml.Name)
            {
                case "NbOfTxs": batch.Count = _xml.Count(); break;
                case "PmtInfId": batch.Payments = _xml.Text(); break;
                case "MsgId": batch.Message = _xml.Text(); break;
            }
        }
    }

    private void ReadEntryDetails(List<TransactionDetails> details, ref Batch batch)
    {
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name == "TxDtls")
                AddDetails(details);
            else if (_xml.Name == "Btch")
                ReadBatch(ref batch);
        }
    }

    private void AddDetails(List<TransactionDetails> details)
    {
        if (details.Count == _limits.MaxDetailsPerEntry)
            throw _xml.TooMany($"{_limits.MaxDetailsPerEntry} payments in the entry");
        _xml.Number(details.Count + 1);
        details.Add(ReadDetails(details.Count + 1));
    }

    private TransactionDetails ReadDetails(int ordinal)
    {
        var line = _xml.Line;
        Money? amount = null;
        Movement? movement = null;
        var amounts = default((Money? Instructed, Money? Transaction));
        var references = default(References);
        BankTransactionCode? code = null;
        PartyDraft debtor = default, creditor = default;
        List<StructuredRemittance>? structured = null;
        List<string>? unstructured = null;
        ToldCharges? charges = null;
        string? returnReason = null, information = null;
        for (var details = _xml.Depth; _xml.NextChild(details);)
        {
            switch (_xml.Name)
            {
                case "Amt": _xml.OnlyOnce(amount is not null); amount = _xml.Money(); break;
                case "CdtDbtInd": movement = ReadMovement(); break;
                case "AmtDtls": amounts = ReadAmounts(); break;
                case "Refs": references = ReadReferences(); break;
                case "BkTxCd": code = ReadTransactionCode(); break;
                case "RltdPties": ReadParties(ref debtor, ref creditor); break;
                case "RltdAgts": ReadAgents(ref debtor, ref creditor); break;
                case "RmtInf": ReadRemittance(structured ??= [], unstructured ??= []); break;
                case "Chrgs": ReadCharges(charges ??= new ToldCharges()); break;
                case "RtrInf": returnReason = ReadReturnReason(); break;
                case "AddtlTxInf": information = _xml.Text(); break;
            }
        }

        return new TransactionDetails
        {
            Ordinal = ordinal,
            Line = line,
            Amount = amount ?? amounts.Transaction,
            Movement = movement,
            InstructedAmount = amounts.Instructed,
            EndToEndId = references.EndToEnd == "NOTPROVIDED" ? null : references.EndToEnd,
            OrderReference = references.Payments ?? references.Message,
            TransactionId = references.Transaction,
            MandateId = references.Mandate,
            BankReference = references.Bank,
            CheckNumber = references.Check,
            TransactionCode = code,
            Debtor = debtor.ToParty(),
            Creditor = creditor.ToParty(),
            StructuredRemittance = Kept(structured),
            UnstructuredRemittance = Kept(unstructured),
            ReturnReason = returnReason,
            Charges = charges?.All ?? [],
            KeyCharges = charges?.ByElement ?? [],
            IncludedCharges = charges?.Included ?? [],
            ChargeBearer = charges?.Bearer,
            AdditionalInformation = information,
        };
    }

    private References ReadReferences()
    {
        var references = default(References);
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            switch (_xml.Name)
            {
                case "EndToEndId": references.EndToEnd = _xml.Text(); break;
                case "PmtInfId": references.Payments = _xml.Text(); break;
                case "MsgId": references.Message = _xml.Text(); break;
                case "TxId": references.Transaction = _xml.Text(); break;
                case "MndtId": references.Mandate = _xml.Text(); break;
                case "AcctSvcrRef": references.Bank = _xml.Text(); break;
                case "ChqNb": references.Check = _xml.Text(); break;
            }
        }

        return references;
    }

    private (Money? Instructed, Money? Transaction) ReadAmounts()
    {
        (Money? Instructed, Money? Transaction) amounts = default;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name == "InstdAmt")
                amounts.Instructed = ReadNestedAmount();
            else if (_xml.Name == "TxAmt")
                amounts.Transaction = ReadNestedAmount();
        }

        return amounts;
    }

    private Money? ReadNestedAmount()
    {
        Money? amount = null;
        for (var parent = _xml.Depth; _xml.NextChild(parent);)
        {
            if (_xml.Name == "Amt")
                amount = _xml.Money();
        }

        return amount;
    }

    private void ReadParties(ref PartyDraft debtor, ref PartyDraft creditor)
    {
        for (var parties = _xml.Depth; _xml.NextChild(parties);)
        {
            switch (_xml.Name)
            {
                case "Dbtr": debtor.Name = ReadPartyName(); break;
                case "DbtrAcct": debtor.Account = ReadAccount().Identification; break;
                case "UltmtDbtr": debtor.UltimateName = ReadPartyName(); break;
                case "Cdtr": creditor.Name = ReadPartyName(); break;
                case "CdtrAcct": creditor.Account = ReadAccount().Identification; break;
                case "UltmtCdtr": creditor.UltimateName = ReadPartyName(); break;
            }
        }
    }

    /// <summary>The name; from version 8 on it stands one element deeper, for a firm as for a bank.</summary>
    private string? ReadPartyName()
    {
        string? name = null;
        for (var party = _xml.Depth; _xml.NextChild(party);)
        {
            if (_xml.Name == "Nm")
                name = _xml.Text();
            else if (_xml.Name is "Pty" or "Agt" or "FinInstnId")
                name ??= ReadPartyName();
        }

        return name;
    }

    private void ReadAgents(ref PartyDraft debtor, ref PartyDraft creditor)
    {
        for (var agents = _xml.Depth; _xml.NextChild(agents);)
        {
            if (_xml.Name == "DbtrAgt")
                debtor.Bic = ReadBic();
            else if (_xml.Name == "CdtrAgt")
                creditor.Bic = ReadBic();
        }
    }

    private string? ReadReturnReason()
    {
        string? reason = null;
        for (var information = _xml.Depth; _xml.NextChild(information);)
        {
            if (_xml.Name is "Rsn" or "RtrRsn")
                reason = ReadCodeOrProprietary();
        }

        return reason;
    }

    private static IReadOnlyList<T> Kept<T>(List<T>? list) => list is { Count: > 0 } ? list : [];

    private struct Batch
    {
        public int? Count;
        public string? Payments;
        public string? Message;
    }

    private struct References
    {
        public string? EndToEnd;
        public string? Payments;
        public string? Message;
        public string? Transaction;
        public string? Mandate;
        public string? Bank;
        public string? Check;
    }

    private struct PartyDraft
    {
        public string? Name;
        public string? Account;
        public string? Bic;
        public string? UltimateName;

        public readonly TransactionParty ToParty() => (Name ?? Account ?? Bic ?? UltimateName) is null
            ? TransactionParty.Unknown
            : new TransactionParty(Name, Account, Bic, UltimateName);
    }
}
