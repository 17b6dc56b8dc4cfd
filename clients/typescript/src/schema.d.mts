// Generated from clients/openapi.json by `npm run generate`. Do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does the server answer? */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does the node order commands? */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts, by number or the least healthy first. */
        get: operations["accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An account with a reason for each of its numbers. */
        get: operations["account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys that may command the accounts of an account's owner. */
        get: operations["agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to an account, newest first. */
        get: operations["account_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Collateral assets. */
        get: operations["assets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of channels as they come. After a break, `last-event-id` goes on where the events stopped. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings messages, from whomever they come: the node checks who signed them and what they state. */
        post: operations["evidence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to the pool, newest first; not single price reports, nor what only time did. */
        get: operations["history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/liquidations/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts near or below their requirement at maintenance, the least healthy first. */
        get: operations["candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/liquidations/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to accounts that failed, newest first. */
        get: operations["liquidations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Markets. */
        get: operations["markets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oracle/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prices, and how much evidence stands behind each. */
        get: operations["prices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the replay is, where one runs. */
        get: operations["replay"];
        put?: never;
        /** Pauses the replay, sets its speed, or has it go on from a later instant. */
        post: operations["change_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk/params": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules of the pool. */
        get: operations["params"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk/pool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pool as a whole. */
        get: operations["pool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk/pool/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pool over time, the oldest moment first: since this server started, ever more coarsely. */
        get: operations["pool_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How commands of this pool are signed: the domain, and the type of each command. */
        get: operations["signing"];
        put?: never;
        /** A command as typed data, to be signed; nothing happens. Who does not trust the node computes the same by itself. */
        post: operations["to_sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What commands and other prices would make of an account; nothing happens. */
        post: operations["simulate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the node is. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks something of the pool, and answers once it happened and is durable. */
        post: operations["tx"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tx/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks several things of the pool, in order; each is accepted or refused by itself. */
        post: operations["tx_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Opens a WebSocket that speaks JSON-RPC 2.0: `subscribe`, `unsubscribe`, `ping`, and every operation of this
         *     description by its id, with its parameters or its body as `params`.
         */
        get: operations["ws"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account in a list. */
        AccountLine: {
            /** @description Account. */
            account: components["schemas"]["AccountNumber"];
            breach?: components["schemas"]["BreachState"] | null;
            /** @description What would be left if everything were sold at its price and every debt paid. */
            equity: components["schemas"]["ValueText"];
            /** @description Equity beyond the initial margin; negative where it is missing. */
            free_collateral: components["schemas"]["ValueText"];
            health?: components["schemas"]["RatioText"] | null;
            /** @description Requirement for whatever adds risk. */
            initial_margin: components["schemas"]["ValueText"];
            /** @description Requirement below which it is liquidated. */
            maintenance_margin: components["schemas"]["ValueText"];
            margin_ratio?: components["schemas"]["RatioText"] | null;
            /** @description How it is margined. */
            mode: components["schemas"]["AccountMode"];
            /** @description Who commands it. */
            owner: components["schemas"]["OwnerText"];
            /** @description How it stands. */
            status: components["schemas"]["AccountStatus"];
            /**
             * Format: int32
             * @description Which of the owner's accounts it is.
             */
            sub: number;
        };
        /**
         * @description How an account is margined.
         * @enum {string}
         */
        AccountMode: "portfolio" | "standard";
        /** @description An account. 0 is the insurance fund, 1 the clearing account. */
        AccountNumber: number;
        /**
         * @description How an account stands.
         * @enum {string}
         */
        AccountStatus: "healthy" | "margin_call" | "liquidatable" | "bankrupt";
        /** @description An account with a reason for each of its numbers. */
        AccountSummary: {
            /** @description Account. */
            account: components["schemas"]["AccountNumber"];
            /**
             * @description What each add-on asks of new risk, the charge for size aside; of what collateral loses and the charge for size the
             *     larger counts.
             */
            add_ons: components["schemas"]["AddOnCharge"][];
            /** @description What it bids for units of collections. */
            bids: components["schemas"]["StandingBid"][];
            breach?: components["schemas"]["BreachState"] | null;
            /** @description What it owns. */
            collateral: components["schemas"]["Collateral"][];
            /** @description Value of its assets. */
            collateral_value: components["schemas"]["ValueText"];
            /** @description What each part adds to the requirement. */
            contributions: components["schemas"]["Contribution"][];
            /** @description What it owes. */
            debts: components["schemas"]["Debt"][];
            /** @description Value of its debts. */
            debts_value: components["schemas"]["ValueText"];
            /** @description What the requirement at maintenance is made of. */
            decided_by: components["schemas"]["RequirementPart"];
            /** @description Losses in the joint scenarios. */
            ends: components["schemas"]["ScenarioLosses"];
            /** @description What would be left if everything were sold at its price and every debt paid. */
            equity: components["schemas"]["ValueText"];
            /** @description Equity beyond the initial margin; negative where it is missing. */
            free_collateral: components["schemas"]["ValueText"];
            health?: components["schemas"]["RatioText"] | null;
            /** @description What the parts would need one by one, together, less the requirement at maintenance. */
            hedge_relief: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description Requirement for whatever adds risk. */
            initial_margin: components["schemas"]["ValueText"];
            /** @description Its units of collections, each with the bid that backs it. */
            items: components["schemas"]["HeldItem"][];
            leverage?: components["schemas"]["RatioText"] | null;
            /** @description What would have it liquidated; empty where it owes nothing, or can be liquidated already. */
            liquidation_prices: components["schemas"]["LiquidationPrice"][];
            /** @description Requirement below which it is liquidated. */
            maintenance_margin: components["schemas"]["ValueText"];
            margin_ratio?: components["schemas"]["RatioText"] | null;
            /** @description How it is margined. */
            mode: components["schemas"]["AccountMode"];
            /** @description Who commands it. */
            owner: components["schemas"]["OwnerText"];
            /**
             * Format: int64
             * @description Height at which parameters changed last.
             */
            params_version: number;
            /** @description What it has open. */
            positions: components["schemas"]["OpenPosition"][];
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /** @description The charge for size against the depth of markets, in the requirement at maintenance. */
            size_charge: components["schemas"]["ValueText"];
            /** @description Feeds that it depends on and that have less than full evidence now. */
            stale_inputs: components["schemas"]["FeedName"][];
            /** @description How it stands. */
            status: components["schemas"]["AccountStatus"];
            /**
             * Format: int32
             * @description Which of the owner's accounts it is.
             */
            sub: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
            /** @description Profit and loss that is not settled. */
            unsettled_pnl: components["schemas"]["ValueText"];
            /** @description Value that may leave. */
            withdrawable: components["schemas"]["ValueText"];
            /** @description The joint scenario that costs most. */
            worst_scenario: components["schemas"]["Scenario"];
        };
        /** @description A change of the pool. */
        Act: {
            spec: components["schemas"]["FactorSpec"];
            symbol: components["schemas"]["SymbolText"];
            /** @enum {string} */
            type: "list_factor";
        } | {
            asset: components["schemas"]["AssetName"];
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "set_oracle";
        } | {
            asset: components["schemas"]["AssetName"];
            per_account: components["schemas"]["AmountText"];
            total: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "set_deposit_cap";
        } | {
            asset: components["schemas"]["AssetName"];
            cap: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "set_borrow_cap";
        } | {
            asset: components["schemas"]["AssetName"];
            per_hour: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "set_withdrawal_limit";
        } | {
            network: components["schemas"]["Network"];
            set: components["schemas"]["DigestText"];
            /** @enum {string} */
            type: "retire_signers";
        } | {
            feed: components["schemas"]["FeedName"];
            key: components["schemas"]["DigestText"];
            network: components["schemas"]["Network"];
            /** @enum {string} */
            type: "unbind_feed";
        } | {
            feed: components["schemas"]["FeedName"];
            spec: components["schemas"]["RateSpec"];
            /** @enum {string} */
            type: "set_rate";
        } | {
            asset: components["schemas"]["AssetName"];
            owner: components["schemas"]["OwnerText"];
            /** @enum {string} */
            type: "allow_holder";
        } | {
            asset: components["schemas"]["AssetName"];
            owner: components["schemas"]["OwnerText"];
            /** @enum {string} */
            type: "remove_holder";
        } | {
            factor: components["schemas"]["FactorName"];
            spec: components["schemas"]["FactorSpec"];
            /** @enum {string} */
            type: "set_factor";
        } | {
            asset: components["schemas"]["AssetName"];
            curve: components["schemas"]["Curve"];
            /** @enum {string} */
            type: "set_curve";
        } | {
            cap: components["schemas"]["SizeText"];
            market: components["schemas"]["MarketName"];
            /** @enum {string} */
            type: "set_open_interest_cap";
        } | {
            spec: components["schemas"]["FeedSpec"];
            /** @enum {string} */
            type: "list_feed";
        } | {
            spec: components["schemas"]["AssetSpec"];
            /** @enum {string} */
            type: "list_asset";
        } | {
            spec: components["schemas"]["MarketSpec"];
            /** @enum {string} */
            type: "list_market";
        } | {
            spec: components["schemas"]["AddOn"];
            /** @enum {string} */
            type: "set_add_on";
        } | {
            spec: components["schemas"]["AddOn"];
            /** @enum {string} */
            type: "remove_add_on";
        } | {
            spec: components["schemas"]["SignerSet"];
            /** @enum {string} */
            type: "admit_signers";
        } | {
            spec: components["schemas"]["Binding"];
            /** @enum {string} */
            type: "bind_feed";
        };
        /** @description A scheduled act. */
        ActNumber: number;
        /** @description What new risk needs beyond the scenarios: each a rule of its own. */
        AddOn: {
            spec: components["schemas"]["PoolShare"];
            /** @enum {string} */
            type: "pool_share";
        } | {
            spec: components["schemas"]["OpenInterest"];
            /** @enum {string} */
            type: "open_interest";
        } | {
            spec: components["schemas"]["WrongWay"];
            /** @enum {string} */
            type: "wrong_way";
        } | {
            spec: components["schemas"]["Depeg"];
            /** @enum {string} */
            type: "depeg";
        };
        /** @description What an add-on asks of an account, as initial margin. */
        AddOnCharge: {
            /** @description The add-on, with its parameters. */
            add_on: components["schemas"]["AddOn"];
            /** @description How much. */
            value: components["schemas"]["ValueText"];
        };
        /** @description What a key may do for an owner, and until when. */
        Agent: {
            /** @description Last moment at which it may. */
            expires_at: components["schemas"]["TimeMs"];
            /** @description What it may do. */
            scope: components["schemas"]["AgentScope"];
        };
        /** @description A key that commands the accounts of an owner. */
        AgentLine: {
            /**
             * Format: int64
             * @description Last moment at which it may, in milliseconds; one that is over stays listed until it is revoked.
             */
            expires_at: number;
            /** @description What it may do. */
            scope: components["schemas"]["AgentScope"];
            /** @description The key. */
            signer: components["schemas"]["SignerText"];
        };
        /**
         * @description What an agent's key may do for its owner; each includes the ones before it.
         * @enum {string}
         */
        AgentScope: "trade" | "treasury";
        /**
         * @description An amount in whole units of its asset: the one that is named nearest before it, or else the settlement asset.
         * @example 1.5
         */
        AmountText: string;
        /** @description A collateral asset. */
        Asset: {
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Class. */
            class: components["schemas"]["AssetClass"];
            /** @description Share of its value that counts when it stands alone, at maintenance. */
            collateral_factor: components["schemas"]["FractionText"];
            /** @description Units in custody. */
            custody: components["schemas"]["AmountText"];
            /**
             * Format: int32
             * @description Decimals of the smallest unit.
             */
            decimals: number;
            /** @description Units that bids for collections have put down. */
            escrow: components["schemas"]["AmountText"];
            /** @description Factors that its price moves with. */
            factors: components["schemas"]["FactorName"][];
            feed?: components["schemas"]["FeedName"] | null;
            /** @description Is lending halted until the loss of a debtor who cannot pay has been shared? */
            halted: boolean;
            /** @description Units that accounts hold, lent to nobody. */
            held: components["schemas"]["AmountText"];
            /** @description Units that lenders are owed. */
            lent: components["schemas"]["AmountText"];
            /** @description Units that can be borrowed or recalled now. */
            liquidity: components["schemas"]["AmountText"];
            /** @description Units that borrowers owe. */
            owed: components["schemas"]["AmountText"];
            price?: components["schemas"]["PriceText"] | null;
            /** @description Are profits and losses settled in it? */
            settlement: boolean;
            /** @description Share of what was lent that is owed. */
            utilisation: components["schemas"]["FractionText"];
        };
        /**
         * @description Class of a collateral asset.
         * @enum {string}
         */
        AssetClass: "stable" | "blue_chip" | "long_tail" | "lst";
        /**
         * @description An asset by its symbol, or `asset:9` by its index.
         * @example ETH
         */
        AssetName: string;
        /** @description Caps of an asset and their use. */
        AssetParams: {
            /** @description Most that one account may hold. */
            account_cap: components["schemas"]["AmountText"];
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Most that may be owed. */
            borrow_cap: components["schemas"]["AmountText"];
            /** @description Share of its value that counts when it stands alone, at maintenance. */
            collateral_factor: components["schemas"]["FractionText"];
            /** @description Units in custody. */
            custody: components["schemas"]["AmountText"];
            /** @description Most that the pool may have in custody. */
            deposit_cap: components["schemas"]["AmountText"];
            /** @description Units that are owed. */
            owed: components["schemas"]["AmountText"];
            /** @description Most that may leave in an hour. */
            withdrawal_limit: components["schemas"]["AmountText"];
        };
        /** @description What an asset is when it is listed. */
        AssetSpec: {
            /** @description Class: bounds the haircut. */
            class: components["schemas"]["Class"];
            /** @description Interest of its lending pool. */
            curve: components["schemas"]["Curve"];
            /**
             * Format: int32
             * @description Decimals of the smallest unit.
             */
            decimals: number;
            /** @description Factors that its price moves with. */
            factors: components["schemas"]["FactorName"][];
            /** @description What it is as collateral. */
            kind: components["schemas"]["Kind"];
            /** @description Name. */
            symbol: components["schemas"]["SymbolText"];
        };
        /** @description A signature under a command. */
        Authorisation: {
            /** @description Last moment at which it counts. */
            deadline: components["schemas"]["TimeMs"];
            /** @description Hash of what was signed: the transaction's id. */
            id: components["schemas"]["DigestText"];
            /** @description The signer's time, used once. */
            nonce: components["schemas"]["TimeMs"];
            /** @description The signature. */
            signature: components["schemas"]["BytesText"];
            /** @description Whose key. */
            signer: components["schemas"]["SignerText"];
        };
        /** @description A bid for units of a collection. */
        BidNumber: number;
        /** @description Which feed of a network is whose price. */
        Binding: {
            /** @description Highest value that the source can report. */
            ceiling: components["schemas"]["PriceText"];
            /**
             * Format: int32
             * @description Exponent of its prices.
             */
            exponent: number;
            /** @description Feed that it reports. */
            feed: components["schemas"]["FeedName"];
            /** @description Lowest value that the source can report. */
            floor: components["schemas"]["PriceText"];
            /** @description What the network calls the feed. */
            key: components["schemas"]["DigestText"];
            /** @description Network. */
            network: components["schemas"]["Network"];
            /** @description The set that must have signed, where the network's sets are services; else zero. */
            set: components["schemas"]["DigestText"];
            /** @description Source that it speaks as. */
            source: components["schemas"]["SourceName"];
            /** @description What it says about it. */
            subject: components["schemas"]["Subject"];
        };
        /** @description An account that was seen below its requirement. */
        BreachState: {
            /** @description Was it said that nobody could take over? */
            deferred: boolean;
            /**
             * Format: int32
             * @description Ticks in a row that saw it.
             */
            ticks: number;
        };
        BTreeMap: {
            [key: string]: {
                /** @description What it is called. */
                name: string;
                /** @description What it is. */
                type: string;
            }[];
        };
        /**
         * @description Bytes of any number.
         * @example 0x504e4155
         */
        BytesText: string;
        /**
         * @description What is known of Ethereum's consensus: the pool's own encoding.
         * @example 0x00
         */
        ChainText: string;
        /**
         * @description Class of a collateral asset; it bounds the haircut that governance may set.
         * @enum {string}
         */
        Class: "stable" | "blue_chip" | "long_tail" | "lst";
        /** @description One asset that an account has. */
        Collateral: {
            /** @description Units. */
            amount: components["schemas"]["AmountText"];
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Value less the haircut. */
            collateral_value: components["schemas"]["ValueText"];
            /** @description In which form. */
            form: components["schemas"]["CollateralForm"];
            /** @description Share of the value that does not count at maintenance when the asset stands alone. */
            haircut: components["schemas"]["FractionText"];
            price?: components["schemas"]["PriceText"] | null;
            /** @description Value. */
            value: components["schemas"]["ValueText"];
            /**
             * @description Units that may leave now, with margin, cash and limits all counted; what is lent is recalled first. Of a collection:
             *     how many of them could, each alone.
             */
            withdrawable: components["schemas"]["AmountText"];
        };
        /**
         * @description In which form an account has collateral.
         * @enum {string}
         */
        CollateralForm: "held" | "lent";
        /** @description What can be asked of the pool. */
        Command: {
            founding: components["schemas"]["Founding"];
            /** @enum {string} */
            type: "found";
        } | {
            owner: components["schemas"]["OwnerText"];
            /** Format: int32 */
            sub: number;
            /** @enum {string} */
            type: "open_account";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "choose_standard_mode";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "choose_portfolio_mode";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "deposit";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            message: components["schemas"]["DigestText"];
            /** @enum {string} */
            type: "deposit_proven";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "withdraw";
        } | {
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "transfer";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "commit";
            value: components["schemas"]["ValueText"];
        } | {
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "report_queue";
            wait: components["schemas"]["SpanMs"];
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "lend";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "recall";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "borrow";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "repay";
        } | {
            buyer: components["schemas"]["AccountNumber"];
            market: components["schemas"]["MarketName"];
            price: components["schemas"]["PriceText"];
            seller: components["schemas"]["AccountNumber"];
            size: components["schemas"]["SizeText"];
            /** @enum {string} */
            type: "fill";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "settle";
        } | {
            reports: components["schemas"]["PriceReport"][];
            /** @enum {string} */
            type: "tick";
        } | {
            evidence: components["schemas"]["Evidence"][];
            statements: components["schemas"]["Statement"][];
            /** @enum {string} */
            type: "attest";
        } | {
            authorisation: components["schemas"]["Authorisation"];
            command: components["schemas"]["UnsignedCommand"];
            /** @enum {string} */
            type: "signed";
        } | {
            expires_at: components["schemas"]["TimeMs"];
            owner: components["schemas"]["OwnerText"];
            scope: components["schemas"]["AgentScope"];
            signer: components["schemas"]["SignerText"];
            /** @enum {string} */
            type: "approve_agent";
        } | {
            owner: components["schemas"]["OwnerText"];
            signer: components["schemas"]["SignerText"];
            /** @enum {string} */
            type: "revoke_agent";
        } | {
            account: components["schemas"]["AccountNumber"];
            liquidator: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "liquidate";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "appoint_backstop";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "release_backstop";
        } | {
            act: components["schemas"]["Act"];
            /** @enum {string} */
            type: "schedule";
        } | {
            act_id: components["schemas"]["ActNumber"];
            /** @enum {string} */
            type: "veto";
        } | {
            /** @enum {string} */
            type: "pause";
        } | {
            /** @enum {string} */
            type: "resume";
        } | {
            reports: components["schemas"]["SurfaceReport"][];
            /** @enum {string} */
            type: "report_surface";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            item: components["schemas"]["ItemText"];
            /** @enum {string} */
            type: "deposit_item";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            item: components["schemas"]["ItemText"];
            /** @enum {string} */
            type: "withdraw_item";
        } | {
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            item: components["schemas"]["ItemText"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "transfer_item";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            /** Format: int32 */
            count: number;
            price: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "place_bid";
        } | {
            account: components["schemas"]["AccountNumber"];
            bid: components["schemas"]["BidNumber"];
            /** @enum {string} */
            type: "cancel_bid";
        };
        /** @description What a listed holder stands ready to buy of a claim. */
        Commitment: {
            /** @description What counts until its notice has passed. */
            ending: components["schemas"]["ValueText"];
            /** @description When that is. */
            ends_at: components["schemas"]["TimeMs"];
            /** @description What lasts. */
            lasting: components["schemas"]["ValueText"];
        };
        /** @description What one part of an account adds to the requirement at maintenance. */
        Contribution: {
            /** @description What it would need by itself. */
            alone: components["schemas"]["ValueText"];
            /** @description The requirement less the requirement without it; negative for a hedge. */
            contribution: components["schemas"]["ValueText"];
            /** @description Share of the value that it could lose alone. */
            haircut: components["schemas"]["FractionText"];
            /** @description What it is. */
            kind: components["schemas"]["ContributionKind"];
            /** @description Asset or market; `pnl` for unsettled profit and loss. */
            name: string;
            one_more?: components["schemas"]["ValueText"] | null;
            /** @description Signed value. */
            value: components["schemas"]["ValueText"];
        };
        /**
         * @description What a part of an account is.
         * @enum {string}
         */
        ContributionKind: "held" | "lent" | "owed" | "position" | "unsettled_pnl";
        /** @description Interest of a lending pool as a function of its utilisation; rates a year. */
        Curve: {
            /** @description Rate of an unused pool. */
            base: components["schemas"]["FractionText"];
            /** @description Utilisation from which the steep slope holds. */
            kink: components["schemas"]["FractionText"];
            /** @description Share of the interest that goes to the insurance fund. */
            reserve: components["schemas"]["FractionText"];
            /** @description Added again between the kink and full use. */
            slope_high: components["schemas"]["RatioText"];
            /** @description Added at the kink. */
            slope_low: components["schemas"]["FractionText"];
        };
        /** @description One asset that an account owes. */
        Debt: {
            /** @description Units. */
            amount: components["schemas"]["AmountText"];
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            price?: components["schemas"]["PriceText"] | null;
            /** @description Value. */
            value: components["schemas"]["ValueText"];
        };
        /** @description A haircut that sets in below a price. */
        Depeg: {
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Haircut for each dollar below the start. */
            factor: components["schemas"]["RatioText"];
            /** @description Price from which the whole factor holds. */
            full: components["schemas"]["PriceText"];
            /** @description Largest haircut. */
            most: components["schemas"]["FractionText"];
            /** @description Price below which it begins. */
            start: components["schemas"]["PriceText"];
        };
        /**
         * @description 32 bytes: a hash, a key, a number or a name padded with zeros.
         * @example 0x0000000000000000000000000000000000000000000000000000000000000007
         */
        DigestText: string;
        /** @description What went wrong. */
        Error: {
            /** @description What, for a program. */
            code: components["schemas"]["ErrorCode"];
            /** @description The numbers of the case. */
            details: {
                [key: string]: unknown;
            };
            /** @description What, for a person, and what to do about it. */
            message: string;
            /** @description Id of the request, as in the header `x-request-id`. */
            request_id: string;
            /** @description May the same request succeed later? */
            retryable: boolean;
        };
        /** @description The body of every answer that is not what was asked for. */
        ErrorBody: {
            /** @description What went wrong. */
            error: components["schemas"]["Error"];
        };
        /**
         * @description A code of the API, or the name of the rule that would have been broken.
         * @enum {string}
         */
        ErrorCode: "MALFORMED_JSON" | "INVALID_REQUEST" | "SIGNATURES_REQUIRED" | "SIGNATURE_INVALID" | "COMMAND_CLOSED" | "MESSAGE_REFUSED" | "AGENT_KEY_WEAK" | "NOT_FOUND" | "ACCOUNT_NOT_FOUND" | "NO_REPLAY" | "ORIGIN_FORBIDDEN" | "METHOD_NOT_ALLOWED" | "TIMED_OUT" | "CLIENT_ID_REUSED" | "BODY_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "UPGRADE_REQUIRED" | "RATE_LIMITED" | "INTERNAL" | "QUEUE_FULL" | "HISTORY_UNAVAILABLE" | "NODE_STOPPED" | "POOL_MUST_BE_FOUNDED" | "POOL_IS_FOUNDED" | "TIME_MUST_NOT_RUN_BACKWARDS" | "NUMBER_TOO_LARGE" | "ACCOUNT_UNKNOWN" | "ASSET_UNKNOWN" | "MARKET_UNKNOWN" | "FACTOR_UNKNOWN" | "FEED_UNKNOWN" | "ACT_UNKNOWN" | "ACCOUNT_EXISTS" | "SYMBOL_TAKEN" | "ACCOUNTS_MUST_DIFFER" | "TOO_MANY" | "AMOUNT_MUST_NOT_BE_ZERO" | "AMOUNT_TOO_LARGE" | "PARAMETER_OUT_OF_BOUNDS" | "EARLIER_ACT_MISSING" | "ORACLE_MUST_BE_CONTINUOUS" | "POOL_IS_PAUSED" | "POOL_IS_RUNNING" | "PRICE_MUST_BE_VALID" | "INDEX_MUST_BE_VALID" | "KIND_MUST_ALLOW" | "HOLDER_MUST_BE_ALLOWED" | "COMMITMENTS_MUST_COVER" | "BALANCE_TOO_SMALL" | "NOTHING_OWED" | "NOTHING_TO_SETTLE" | "ACCOUNT_CAP_REACHED" | "DEPOSIT_CAP_REACHED" | "BORROW_CAP_REACHED" | "LOSS_MUST_BE_SHARED" | "LIQUIDITY_TOO_SMALL" | "WITHDRAWAL_LIMIT_REACHED" | "OPEN_INTEREST_CAP_REACHED" | "PRICE_OUTSIDE_BAND" | "INITIAL_MARGIN_MUST_HOLD" | "PROFIT_MUST_BE_SETTLED" | "HEDGE_MUST_BE_CLOSED_TOGETHER" | "ACCOUNT_IS_HEALTHY" | "BREACH_MUST_BE_CONFIRMED" | "NOTHING_TO_LIQUIDATE" | "SIGNATURE_EXPIRED" | "NONCE_OUTSIDE_WINDOW" | "NONCE_IS_USED" | "SIGNER_MUST_BE_ALLOWED" | "AGENT_MUST_BE_FREE" | "AGENT_UNKNOWN" | "MESSAGE_IS_SPENT" | "EVIDENCE_REFUSED" | "MARKET_HAS_EXPIRED" | "EXPIRY_OUT_OF_BOUNDS" | "SURFACE_MUST_BE_VALID" | "SHORT_OPTION_NEEDS_PORTFOLIO_MODE" | "ITEM_IS_HELD" | "ITEM_UNKNOWN" | "BID_UNKNOWN" | "BID_TOO_SMALL";
        /** @description A fact: what changed and by how much. */
        Event: {
            params: components["schemas"]["Params"];
            settlement: components["schemas"]["SettlementName"];
            /** @enum {string} */
            type: "pool_founded";
        } | {
            governor: components["schemas"]["OwnerText"];
            pool_id: components["schemas"]["DigestText"];
            /** @enum {string} */
            type: "pool_named";
        } | {
            /** Format: int32 */
            group: number;
            symbol: components["schemas"]["SymbolText"];
            /** @enum {string} */
            type: "source_admitted";
        } | {
            set: components["schemas"]["SignerSet"];
            /** @enum {string} */
            type: "signers_admitted";
        } | {
            at: components["schemas"]["TimeMs"];
            network: components["schemas"]["Network"];
            set: components["schemas"]["DigestText"];
            /** @enum {string} */
            type: "signers_retired";
        } | {
            binding: components["schemas"]["Binding"];
            /** @enum {string} */
            type: "feed_bound";
        } | {
            binding: components["schemas"]["Binding"];
            /** @enum {string} */
            type: "feed_unbound";
        } | {
            feed: components["schemas"]["FeedName"];
            spec: components["schemas"]["RateSpec"];
            /** @enum {string} */
            type: "rate_set";
        } | {
            trust: components["schemas"]["ChainText"];
            /** @enum {string} */
            type: "chain_advanced";
        } | {
            id: components["schemas"]["DigestText"];
            nonce: components["schemas"]["TimeMs"];
            signer: components["schemas"]["SignerText"];
            /** @enum {string} */
            type: "command_signed";
        } | {
            agent: components["schemas"]["Agent"];
            owner: components["schemas"]["OwnerText"];
            signer: components["schemas"]["SignerText"];
            /** @enum {string} */
            type: "agent_approved";
        } | {
            owner: components["schemas"]["OwnerText"];
            signer: components["schemas"]["SignerText"];
            /** @enum {string} */
            type: "agent_revoked";
        } | {
            message: components["schemas"]["DigestText"];
            /** @enum {string} */
            type: "message_spent";
        } | {
            spec: components["schemas"]["FactorSpec"];
            symbol: components["schemas"]["SymbolText"];
            /** @enum {string} */
            type: "factor_listed";
        } | {
            spec: components["schemas"]["FeedSpec"];
            /** @enum {string} */
            type: "feed_listed";
        } | {
            spec: components["schemas"]["AssetSpec"];
            /** @enum {string} */
            type: "asset_listed";
        } | {
            asset: components["schemas"]["AssetName"];
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "oracle_set";
        } | {
            asset: components["schemas"]["AssetName"];
            per_account: components["schemas"]["AmountText"];
            total: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "deposit_cap_set";
        } | {
            asset: components["schemas"]["AssetName"];
            cap: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "borrow_cap_set";
        } | {
            asset: components["schemas"]["AssetName"];
            per_hour: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "withdrawal_limit_set";
        } | {
            asset: components["schemas"]["AssetName"];
            curve: components["schemas"]["Curve"];
            /** @enum {string} */
            type: "curve_set";
        } | {
            factor: components["schemas"]["FactorName"];
            ramp_ends: components["schemas"]["TimeMs"];
            ramp_from: components["schemas"]["FactorSpec"];
            spec: components["schemas"]["FactorSpec"];
            /** @enum {string} */
            type: "factor_set";
        } | {
            spec: components["schemas"]["MarketSpec"];
            /** @enum {string} */
            type: "market_listed";
        } | {
            cap: components["schemas"]["SizeText"];
            market: components["schemas"]["MarketName"];
            /** @enum {string} */
            type: "open_interest_cap_set";
        } | {
            act: components["schemas"]["Act"];
            act_id: components["schemas"]["ActNumber"];
            effective_at: components["schemas"]["TimeMs"];
            /** @enum {string} */
            type: "act_scheduled";
        } | {
            act_id: components["schemas"]["ActNumber"];
            /** @enum {string} */
            type: "act_executed";
        } | {
            act_id: components["schemas"]["ActNumber"];
            /** @enum {string} */
            type: "act_vetoed";
        } | {
            act_id: components["schemas"]["ActNumber"];
            /** @enum {string} */
            type: "act_lapsed";
        } | {
            /** @enum {string} */
            type: "pool_paused";
        } | {
            /** @enum {string} */
            type: "pool_resumed";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "backstop_appointed";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "backstop_released";
        } | {
            account: components["schemas"]["AccountNumber"];
            owner: components["schemas"]["OwnerText"];
            /** Format: int32 */
            sub: number;
            /** @enum {string} */
            type: "account_opened";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "standard_mode_chosen";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "portfolio_mode_chosen";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "collateral_credited";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "withdrawal_authorized";
        } | {
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "collateral_moved";
        } | {
            add_on: components["schemas"]["AddOn"];
            /** @enum {string} */
            type: "add_on_set";
        } | {
            add_on: components["schemas"]["AddOn"];
            /** @enum {string} */
            type: "add_on_removed";
        } | {
            asset: components["schemas"]["AssetName"];
            owner: components["schemas"]["OwnerText"];
            /** @enum {string} */
            type: "holder_allowed";
        } | {
            asset: components["schemas"]["AssetName"];
            owner: components["schemas"]["OwnerText"];
            /** @enum {string} */
            type: "holder_removed";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            commitment: components["schemas"]["Commitment"];
            /** @enum {string} */
            type: "committed";
        } | {
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "queue_reported";
            wait: components["schemas"]["SpanMs"];
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            shares: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "lent";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            shares: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "recalled";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            shares: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "borrowed";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            shares: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "repaid";
        } | {
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            shares: components["schemas"]["SharesText"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "debt_moved";
        } | {
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            shares: components["schemas"]["SharesText"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "loan_moved";
        } | {
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "lending_halted";
        } | {
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "lending_resumed";
        } | {
            asset: components["schemas"]["AssetName"];
            interest: components["schemas"]["AmountText"];
            reserve: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "interest_accrued";
        } | {
            /** Format: int64 */
            tick: number;
            /** @enum {string} */
            type: "tick_opened";
        } | {
            confidence: components["schemas"]["UncertaintyText"];
            counts_until: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            price: components["schemas"]["PriceText"];
            published_at: components["schemas"]["TimeMs"];
            /** Format: int64 */
            sequence: number;
            source: components["schemas"]["SourceName"];
            /** @enum {string} */
            type: "price_reported";
        } | {
            fault: components["schemas"]["ReportFault"];
            feed: components["schemas"]["FeedName"];
            price: components["schemas"]["PriceText"];
            source: components["schemas"]["SourceName"];
            /** @enum {string} */
            type: "report_refused";
        } | {
            key: components["schemas"]["DigestText"];
            network: components["schemas"]["Network"];
            refusal: components["schemas"]["Refusal"];
            /** @enum {string} */
            type: "observation_refused";
        } | {
            feed: components["schemas"]["FeedName"];
            rate: components["schemas"]["Rate"];
            /** @enum {string} */
            type: "rate_reported";
        } | {
            feed: components["schemas"]["FeedName"];
            rate: components["schemas"]["Rate"];
            /** @enum {string} */
            type: "rate_fell";
        } | {
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "discount_began";
        } | {
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "discount_ended";
        } | {
            feed: components["schemas"]["FeedName"];
            /** Format: int32 */
            group: number;
            price: components["schemas"]["PriceText"];
            /** @enum {string} */
            type: "group_dropped";
        } | {
            feed: components["schemas"]["FeedName"];
            price: components["schemas"]["PriceText"];
            spread: components["schemas"]["UncertaintyText"];
            /** @enum {string} */
            type: "price_updated";
            uncertainty: components["schemas"]["UncertaintyText"];
        } | {
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "validity_changed";
            validity: components["schemas"]["Validity"];
        } | {
            buyer: components["schemas"]["AccountNumber"];
            market: components["schemas"]["MarketName"];
            price: components["schemas"]["PriceText"];
            seller: components["schemas"]["AccountNumber"];
            size: components["schemas"]["SizeText"];
            /** @enum {string} */
            type: "filled";
        } | {
            account: components["schemas"]["AccountNumber"];
            cost: components["schemas"]["ValueText"];
            market: components["schemas"]["MarketName"];
            realised: components["schemas"]["ValueText"];
            size: components["schemas"]["SizeText"];
            /** @enum {string} */
            type: "position_changed";
        } | {
            index: components["schemas"]["FundingIndexText"];
            market: components["schemas"]["MarketName"];
            premium: components["schemas"]["SignedText"];
            /** @enum {string} */
            type: "funding_accrued";
        } | {
            market: components["schemas"]["MarketName"];
            premium: components["schemas"]["SignedText"];
            /** @enum {string} */
            type: "premium_observed";
        } | {
            covered: components["schemas"]["SpanMs"];
            expiry: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            sum: components["schemas"]["WholeText"];
            /** @enum {string} */
            type: "index_averaged";
        } | {
            expiry: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "settlement_delayed";
        } | {
            expiry: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            price: components["schemas"]["PriceText"];
            /** @enum {string} */
            type: "expiry_settled";
        } | {
            expiry: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            published_at: components["schemas"]["TimeMs"];
            smile: components["schemas"]["Smile"];
            source: components["schemas"]["SourceName"];
            /** @enum {string} */
            type: "surface_reported";
        } | {
            expiry: components["schemas"]["TimeMs"];
            fault: components["schemas"]["ReportFault"];
            feed: components["schemas"]["FeedName"];
            smile: components["schemas"]["Smile"];
            source: components["schemas"]["SourceName"];
            /** @enum {string} */
            type: "surface_refused";
        } | {
            at: components["schemas"]["TimeMs"];
            expiry: components["schemas"]["TimeMs"];
            feed: components["schemas"]["FeedName"];
            smile: components["schemas"]["Smile"];
            /** @enum {string} */
            type: "surface_updated";
            validity: components["schemas"]["Validity"];
        } | {
            market: components["schemas"]["MarketName"];
            price: components["schemas"]["PriceText"];
            /** @enum {string} */
            type: "market_settled";
        } | {
            account: components["schemas"]["AccountNumber"];
            index: components["schemas"]["FundingIndexText"];
            market: components["schemas"]["MarketName"];
            payment: components["schemas"]["ValueText"];
            /** @enum {string} */
            type: "funding_settled";
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "loss_settled";
            value: components["schemas"]["ValueText"];
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "profit_settled";
            value: components["schemas"]["ValueText"];
        } | {
            from: components["schemas"]["AccountNumber"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "profit_moved";
            value: components["schemas"]["ValueText"];
        } | {
            account: components["schemas"]["AccountNumber"];
            equity: components["schemas"]["ValueText"];
            requirement: components["schemas"]["ValueText"];
            /** Format: int32 */
            ticks: number;
            /** @enum {string} */
            type: "margin_breached";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "margin_restored";
        } | {
            account: components["schemas"]["AccountNumber"];
            closed: components["schemas"]["ValueText"];
            liquidator: components["schemas"]["AccountNumber"];
            penalty: components["schemas"]["ValueText"];
            /** @enum {string} */
            type: "liquidation_stepped";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "liquidation_deferred";
        } | {
            account: components["schemas"]["AccountNumber"];
            deficit: components["schemas"]["ValueText"];
            /** @enum {string} */
            type: "bad_debt_recorded";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "insurance_paid";
            value: components["schemas"]["ValueText"];
        } | {
            account: components["schemas"]["AccountNumber"];
            bearer: components["schemas"]["LossBearer"];
            /** @enum {string} */
            type: "loss_socialised";
            value: components["schemas"]["ValueText"];
        } | {
            account: components["schemas"]["AccountNumber"];
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            shares: components["schemas"]["SharesText"];
            /** @enum {string} */
            type: "debt_written_off";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            item: components["schemas"]["ItemText"];
            /** Format: int64 */
            number: number;
            /** @enum {string} */
            type: "item_credited";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            item: components["schemas"]["ItemText"];
            /** @enum {string} */
            type: "item_withdrawal_authorized";
        } | {
            asset: components["schemas"]["AssetName"];
            from: components["schemas"]["AccountNumber"];
            item: components["schemas"]["ItemText"];
            /** Format: int64 */
            number: number;
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "item_moved";
        } | {
            account: components["schemas"]["AccountNumber"];
            asset: components["schemas"]["AssetName"];
            bid: components["schemas"]["BidNumber"];
            /** Format: int32 */
            count: number;
            price: components["schemas"]["AmountText"];
            /** @enum {string} */
            type: "bid_placed";
        } | {
            account: components["schemas"]["AccountNumber"];
            bid: components["schemas"]["BidNumber"];
            ends_at: components["schemas"]["TimeMs"];
            /** @enum {string} */
            type: "bid_cancelled";
        } | {
            account: components["schemas"]["AccountNumber"];
            bid: components["schemas"]["BidNumber"];
            /** @enum {string} */
            type: "bid_ended";
        } | {
            asset: components["schemas"]["AssetName"];
            bid: components["schemas"]["BidNumber"];
            bidder: components["schemas"]["AccountNumber"];
            item: components["schemas"]["ItemText"];
            /** Format: int64 */
            number: number;
            price: components["schemas"]["AmountText"];
            seller: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "bid_filled";
        } | {
            bid: components["schemas"]["BidNumber"];
            from: components["schemas"]["AccountNumber"];
            to: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "bid_moved";
        };
        /**
         * @description A kind of event: its `type`.
         * @enum {string}
         */
        EventKind: "pool_founded" | "pool_named" | "source_admitted" | "signers_admitted" | "signers_retired" | "feed_bound" | "feed_unbound" | "rate_set" | "chain_advanced" | "command_signed" | "agent_approved" | "agent_revoked" | "message_spent" | "factor_listed" | "feed_listed" | "asset_listed" | "oracle_set" | "deposit_cap_set" | "borrow_cap_set" | "withdrawal_limit_set" | "curve_set" | "factor_set" | "market_listed" | "open_interest_cap_set" | "act_scheduled" | "act_executed" | "act_vetoed" | "act_lapsed" | "pool_paused" | "pool_resumed" | "backstop_appointed" | "backstop_released" | "account_opened" | "standard_mode_chosen" | "portfolio_mode_chosen" | "collateral_credited" | "withdrawal_authorized" | "collateral_moved" | "add_on_set" | "add_on_removed" | "holder_allowed" | "holder_removed" | "committed" | "queue_reported" | "lent" | "recalled" | "borrowed" | "repaid" | "debt_moved" | "loan_moved" | "lending_halted" | "lending_resumed" | "interest_accrued" | "tick_opened" | "price_reported" | "report_refused" | "observation_refused" | "rate_reported" | "rate_fell" | "discount_began" | "discount_ended" | "group_dropped" | "price_updated" | "validity_changed" | "filled" | "position_changed" | "funding_accrued" | "premium_observed" | "index_averaged" | "settlement_delayed" | "expiry_settled" | "surface_reported" | "surface_refused" | "surface_updated" | "market_settled" | "funding_settled" | "loss_settled" | "profit_settled" | "profit_moved" | "margin_breached" | "margin_restored" | "liquidation_stepped" | "liquidation_deferred" | "bad_debt_recorded" | "insurance_paid" | "loss_socialised" | "debt_written_off" | "item_credited" | "item_withdrawal_authorized" | "item_moved" | "bid_placed" | "bid_cancelled" | "bid_ended" | "bid_filled" | "bid_moved";
        /** @description A message as it came in. */
        Evidence: {
            /** @description Its bytes. */
            bytes: components["schemas"]["BytesText"];
            /** @description What it is. */
            kind: components["schemas"]["Kind"];
        };
        /** @description Messages that are to count together. */
        EvidenceRequest: {
            /** @description The messages; all of them hold, or none is taken. */
            evidence: components["schemas"]["Evidence"][];
        };
        /**
         * @description A risk factor by its symbol, or `factor:9` by its index.
         * @example ETH
         */
        FactorName: string;
        /** @description A risk factor. */
        FactorParams: {
            /** @description Factor. */
            factor: components["schemas"]["FactorName"];
            /** @description Loading on the common factor in calm markets. */
            loading_calm: components["schemas"]["FractionText"];
            /** @description Loading on the common factor in panic. */
            loading_panic: components["schemas"]["FractionText"];
            /**
             * Format: int64
             * @description When standing accounts feel all of the last change, in milliseconds; none where they do.
             */
            ramp_ends?: number | null;
            /** @description Adverse fall to survive. */
            range_down: components["schemas"]["FractionText"];
            /** @description Adverse rise to survive. */
            range_up: components["schemas"]["RatioText"];
        };
        /** @description Ranges and loading band of a risk factor, at the maintenance tier. */
        FactorSpec: {
            impact?: components["schemas"]["Impact"] | null;
            /** @description Loading on the common factor in calm markets. */
            loading_calm: components["schemas"]["FractionText"];
            /** @description Loading on the common factor in panic. */
            loading_panic: components["schemas"]["FractionText"];
            /** @description Adverse fall to survive over the margin period. */
            range_down: components["schemas"]["FractionText"];
            /** @description Adverse rise to survive over the margin period. */
            range_up: components["schemas"]["RatioText"];
        };
        /**
         * @description A feed by its symbol, or `feed:9` by its index.
         * @example ETH
         */
        FeedName: string;
        /** @description The price of a feed. */
        FeedPrice: {
            /**
             * Format: int64
             * @description Milliseconds between the price and the last entry; none before the first.
             */
            age_ms?: number | null;
            /** @description Feed. */
            feed: components["schemas"]["FeedName"];
            price?: components["schemas"]["PriceText"] | null;
            /** @description What each source said last. */
            sources: components["schemas"]["SourcePrice"][];
            stable_price?: components["schemas"]["PriceText"] | null;
            uncertainty?: components["schemas"]["UncertaintyText"] | null;
            /** @description How much evidence stands behind it. */
            validity: components["schemas"]["PriceValidity"];
        };
        /** @description A price that sources may report. */
        FeedSpec: {
            /** @description Rules of aggregation. */
            oracle: components["schemas"]["OracleParams"];
            /** @description Name. */
            symbol: components["schemas"]["SymbolText"];
        };
        /**
         * @description Everything that a pool begins with; the first asset is the settlement asset. Its parts speak of each other by
         *     the names that they have here.
         */
        Founding: {
            /** @description Add-ons. */
            add_ons: components["schemas"]["AddOn"][];
            /** @description Assets. */
            assets: components["schemas"]["FoundingAsset"][];
            /** @description Which feed of a network is whose price. */
            bindings: components["schemas"]["Binding"][];
            chain?: components["schemas"]["ChainText"] | null;
            /** @description Risk factors. */
            factors: components["schemas"]["FoundingFactor"][];
            /** @description Feeds. */
            feeds: components["schemas"]["FeedSpec"][];
            /** @description Who governs; zero is nobody. */
            governor: components["schemas"]["OwnerText"];
            /** @description Markets and their open interest caps. */
            markets: components["schemas"]["FoundingMarket"][];
            /** @description Pool-wide parameters. */
            params: components["schemas"]["Params"];
            /** @description Feeds whose price a redemption rate makes. */
            rates: components["schemas"]["FoundingRate"][];
            /** @description Who may sign for which network. */
            signers: components["schemas"]["SignerSet"][];
            /** @description Reporters of prices, and their operator groups. */
            sources: components["schemas"]["FoundingSource"][];
        };
        /** @description An asset of a new pool, with what later takes four acts. */
        FoundingAsset: {
            /** @description Most that one account may hold. */
            cap_account: components["schemas"]["AmountText"];
            /** @description Most that may be owed. */
            cap_borrow: components["schemas"]["AmountText"];
            /** @description Most that the pool may have in custody. */
            cap_total: components["schemas"]["AmountText"];
            /** @description Feed of its price. */
            feed: components["schemas"]["FeedName"];
            /** @description What it is. */
            spec: components["schemas"]["AssetSpec"];
            /** @description Most that may leave in an hour. */
            withdrawal_limit: components["schemas"]["AmountText"];
        };
        /** @description A risk factor of a new pool. */
        FoundingFactor: {
            /** @description Ranges and loadings. */
            spec: components["schemas"]["FactorSpec"];
            /** @description Name. */
            symbol: components["schemas"]["SymbolText"];
        };
        /** @description A market of a new pool. */
        FoundingMarket: {
            /** @description Most long (and so most short) size. */
            cap: components["schemas"]["SizeText"];
            /** @description What it is. */
            spec: components["schemas"]["MarketSpec"];
        };
        /** @description A feed of a new pool whose price a redemption rate makes. */
        FoundingRate: {
            /** @description Feed. */
            feed: components["schemas"]["FeedName"];
            /** @description How. */
            spec: components["schemas"]["RateSpec"];
        };
        /** @description A reporter of prices of a new pool. */
        FoundingSource: {
            /**
             * Format: int32
             * @description Operator group: all sources of one group have one vote.
             */
            group: number;
            /** @description Name. */
            symbol: components["schemas"]["SymbolText"];
        };
        /**
         * @description A part of a whole from 0 to 1, to nine decimals.
         * @example 0.15
         */
        FractionText: string;
        /**
         * @description What one whole contract has paid since the beginning, in 1e-18 dollars, a whole number; longs pay when it rises.
         * @example -42
         */
        FundingIndexText: string;
        /** @description Mark price and funding of perpetuals. */
        FundingParams: {
            /** @description Interest part of the rate of eight hours. */
            interest: components["schemas"]["SignedText"];
            /** @description Largest difference between interest and premium that is passed on. */
            interest_clamp: components["schemas"]["FractionText"];
            /** @description Widest premium of mark over index. */
            premium_max: components["schemas"]["FractionText"];
            /** @description Time over which the premium averages. */
            premium_window: components["schemas"]["SpanMs"];
            /** @description A fill may be this far from the index. */
            price_band: components["schemas"]["FractionText"];
            /** @description Largest rate an hour. */
            rate_max: components["schemas"]["FractionText"];
        };
        /** @description How parameters change. */
        GovernanceParams: {
            /** @description A new oracle must be within this of the old one. */
            continuity: components["schemas"]["FractionText"];
            /** @description A loosening waits this long. */
            delay: components["schemas"]["SpanMs"];
            /** @description A due act that cannot be carried out lapses after this long. */
            expiry: components["schemas"]["SpanMs"];
            /** @description Existing accounts feel a wider range over this time. */
            ramp: components["schemas"]["SpanMs"];
            /** @description New rules for a redemption rate may move a live price by no more than this. */
            rate_step: components["schemas"]["FractionText"];
        };
        /** @description Accounts in one band of health. */
        HealthBand: {
            /**
             * Format: int64
             * @description Accounts with obligations in it.
             */
            accounts: number;
            below?: components["schemas"]["RatioText"] | null;
        };
        /** @description One unit of a collection that an account has. */
        HeldItem: {
            /** @description Collection. */
            asset: components["schemas"]["AssetName"];
            bid?: components["schemas"]["BidNumber"] | null;
            /** @description Which unit. */
            item: components["schemas"]["ItemText"];
            price?: components["schemas"]["AmountText"] | null;
        };
        /** @description How much the market of a factor takes, and what more costs. */
        Impact: {
            /** @description Value that the market absorbs. */
            depth: components["schemas"]["ValueText"];
            /** @description The part of its value that a trade as large as the depth costs. */
            lambda: components["schemas"]["RatioText"];
        };
        /**
         * @description A whole number of either sign.
         * @example -42
         */
        IntegerText: string;
        /**
         * @description The number of a unit of a collection, as its contract gave it; one beyond 64 bits as 32 bytes.
         * @example 7804
         */
        ItemText: string;
        /** @description What an asset is as collateral. */
        Kind: {
            /** @enum {string} */
            type: "token";
        } | {
            /** @enum {string} */
            type: "rate";
        } | {
            spec: components["schemas"]["RealWorld"];
            /** @enum {string} */
            type: "real_world";
        } | {
            spec: components["schemas"]["Nft"];
            /** @enum {string} */
            type: "nft";
        };
        /** @description Liquidations that this server has seen. */
        LiquidationCount: {
            /**
             * Format: int64
             * @description Accounts.
             */
            accounts: number;
            /**
             * Format: int64
             * @description Steps.
             */
            steps: number;
        };
        /** @description What a liquidation costs and who gets it. */
        LiquidationParams: {
            /**
             * Format: int32
             * @description Ticks that an account has been in breach before the backstop acts.
             */
            backstop_after_ticks: number;
            /** @description A leg worth less than this is closed whole. */
            dust: components["schemas"]["ValueText"];
            /** @description Health at which the penalty is largest. */
            health_for_penalty_max: components["schemas"]["FractionText"];
            /** @description The liquidator's share of the penalty. */
            liquidator_share: components["schemas"]["FractionText"];
            /** @description Largest penalty. */
            penalty_max: components["schemas"]["FractionText"];
            /** @description Penalty on what is closed, at health 1. */
            penalty_min: components["schemas"]["FractionText"];
        };
        /** @description The move of one factor alone at which the account can be liquidated. */
        LiquidationPrice: {
            change?: components["schemas"]["SignedText"] | null;
            /** @description Factor. */
            factor: components["schemas"]["FactorName"];
            price?: components["schemas"]["PriceText"] | null;
            /** @description Which way. */
            side: components["schemas"]["Side"];
        };
        /** @description Who shares a loss that nothing else is left to bear. */
        LossBearer: {
            amount: components["schemas"]["AmountText"];
            asset: components["schemas"]["AssetName"];
            /** @enum {string} */
            type: "lenders";
        } | {
            account: components["schemas"]["AccountNumber"];
            /** @enum {string} */
            type: "profit";
        };
        /** @description Scale of the tiers over the maintenance ranges, and the floors of the requirement. */
        MarginParams: {
            /** @description Share of the largest stand-alone loss that hedges cannot remove. */
            floor_factor: components["schemas"]["FractionText"];
            /** @description Share of derivative notional that is always required. */
            gross_floor: components["schemas"]["FractionText"];
            /** @description Ranges of initial margin. */
            initial: components["schemas"]["RatioText"];
            /** @description Ranges of the liquidation target. */
            target: components["schemas"]["RatioText"];
        };
        /** @description An account's numbers without their reasons. */
        MarginSummary: {
            /** @description Value of its assets. */
            collateral_value: components["schemas"]["ValueText"];
            /** @description Value of its debts. */
            debts_value: components["schemas"]["ValueText"];
            /** @description What would be left if everything were sold at its price and every debt paid. */
            equity: components["schemas"]["ValueText"];
            /** @description Equity beyond the initial margin; negative where it is missing. */
            free_collateral: components["schemas"]["ValueText"];
            health?: components["schemas"]["RatioText"] | null;
            /** @description Requirement for whatever adds risk. */
            initial_margin: components["schemas"]["ValueText"];
            /** @description Requirement below which it is liquidated. */
            maintenance_margin: components["schemas"]["ValueText"];
            margin_ratio?: components["schemas"]["RatioText"] | null;
            /** @description How it stands. */
            status: components["schemas"]["AccountStatus"];
            /** @description Profit and loss that is not settled. */
            unsettled_pnl: components["schemas"]["ValueText"];
            /** @description Value that may leave. */
            withdrawable: components["schemas"]["ValueText"];
        };
        /** @description A market. */
        Market: {
            /**
             * Format: int32
             * @description Decimals of the smallest size.
             */
            decimals: number;
            /** @description Factors that its mark price moves with. */
            factors: components["schemas"]["FactorName"][];
            /** @description Where its index price comes from. */
            feed: components["schemas"]["FeedName"];
            /** @description What one whole contract has paid since the beginning; of perpetuals alone. */
            funding_index: components["schemas"]["FundingIndexText"];
            index_price?: components["schemas"]["PriceText"] | null;
            mark_price?: components["schemas"]["PriceText"] | null;
            /** @description Market. */
            market: components["schemas"]["MarketName"];
            /** @description Size of all longs, equal to that of all shorts. */
            open_interest: components["schemas"]["SizeText"];
            /** @description Most long size. */
            open_interest_cap: components["schemas"]["SizeText"];
            /** @description Value of it at the mark price. */
            open_interest_value: components["schemas"]["ValueText"];
            /** @description Time-weighted premium of trades over the index; of perpetuals alone. */
            premium: components["schemas"]["SignedText"];
            /** @description What is traded. */
            product: components["schemas"]["Product"];
            settled_price?: components["schemas"]["PriceText"] | null;
        };
        /**
         * @description A market by its symbol, or `market:9` by its index.
         * @example ETH-PERP
         */
        MarketName: string;
        /** @description The cap of a market and its use. */
        MarketParams: {
            /** @description Most long size. */
            cap: components["schemas"]["SizeText"];
            /** @description Market. */
            market: components["schemas"]["MarketName"];
            /** @description Long size. */
            open_interest: components["schemas"]["SizeText"];
        };
        /**
         * @description What a source says of the market that its price is from.
         * @enum {string}
         */
        MarketSession: "unstated" | "open" | "closed";
        /** @description What a market is when it is listed. */
        MarketSpec: {
            /**
             * Format: int32
             * @description Decimals of the smallest size.
             */
            decimals: number;
            /** @description Factors that its mark moves with. */
            factors: components["schemas"]["FactorName"][];
            /** @description Feed of the index price. */
            feed: components["schemas"]["FeedName"];
            /** @description What is traded. */
            product: components["schemas"]["Product"];
            /** @description Name. */
            symbol: components["schemas"]["SymbolText"];
        };
        /**
         * @description An oracle network or bridge: whose signatures count.
         * @enum {string}
         */
        Network: "wormhole" | "pyth_routers" | "pyth_lazer" | "red_stone" | "chainlink" | "chainlink_test" | "ethereum";
        /** @description What a collection counts for, and for how long a bid for it stands. */
        Nft: {
            /**
             * Format: int32
             * @description Most units of it that get credit, over the whole pool.
             */
            cap: number;
            /** @description A bid counts for this long after it was cancelled, and one far below the price buys nothing before it has stood so long. */
            notice: components["schemas"]["SpanMs"];
        };
        /**
         * @description Does the node order commands?
         * @enum {string}
         */
        NodeState: "running" | "stopped";
        /** @description Where the node is, and whether it is well. */
        NodeStatus: {
            /**
             * Format: int64
             * @description Accounts, the pool's own two included.
             */
            accounts: number;
            /** @description Chain over all entries and what came of them. */
            chain: string;
            /** @description Does everybody on this machine command the pool? */
            development: boolean;
            /** @description Does the pool exist? */
            founded: boolean;
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /**
             * Format: int64
             * @description Height of the latest snapshot.
             */
            last_snapshot?: number | null;
            /**
             * Format: int64
             * @description Bytes of the log; none in memory.
             */
            log_bytes: number;
            /** @description Is new risk refused? */
            paused: boolean;
            /** @description Does a replay run? */
            replay: boolean;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /** @description Hash over the whole state, where it was asked for. */
            state_digest?: string;
            /** @description Does the node order commands? */
            status: components["schemas"]["NodeState"];
            /** @description Why not, where it does not. */
            stopped_because?: string | null;
            /**
             * Format: int64
             * @description Number of the last tick.
             */
            tick: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
            /**
             * Format: int64
             * @description Milliseconds since the server started.
             */
            uptime_ms: number;
            /** @description Version of the program. */
            version: string;
        };
        /** @description One price as its network signed it. */
        Observation: {
            /** @description Half width of the interval that the source believes in, in units of the mantissa. */
            confidence: components["schemas"]["WholeText"];
            /** @description Content of the message that it came in. */
            digest: components["schemas"]["DigestText"];
            expires_at?: components["schemas"]["TimeMs"] | null;
            /**
             * Format: int32
             * @description See `mantissa`.
             */
            exponent: number;
            /** @description What the network calls the feed. */
            feed: components["schemas"]["DigestText"];
            /** @description The price is `mantissa x 10^exponent`. */
            mantissa: components["schemas"]["IntegerText"];
            /** @description What the source says of the market. */
            market: components["schemas"]["MarketSession"];
            /** @description Who vouches for it. */
            network: components["schemas"]["Network"];
            /** @description When it was published. */
            published_at: components["schemas"]["TimeMs"];
            /**
             * Format: int64
             * @description Orders observations of the same time.
             */
            sequence: number;
            /** @description The set that signed. */
            set: components["schemas"]["DigestText"];
        };
        /** @description Initial margin that rises to the whole notional between two sizes of a market. */
        OpenInterest: {
            /** @description Open interest up to which nothing is added. */
            lower: components["schemas"]["ValueText"];
            /** @description Market. */
            market: components["schemas"]["MarketName"];
            /** @description Open interest from which a position needs its whole notional. */
            upper: components["schemas"]["ValueText"];
        };
        /** @description What an account has open in one market. */
        OpenPosition: {
            /** @description Average price at which it was entered. */
            entry_price: components["schemas"]["PriceText"];
            mark_price?: components["schemas"]["PriceText"] | null;
            /** @description Market. */
            market: components["schemas"]["MarketName"];
            /** @description Size at the mark price; negative is short. */
            notional: components["schemas"]["ValueText"];
            /** @description Size; negative is short. */
            size: components["schemas"]["SizeText"];
            /** @description Profit or loss at the mark price, funding not counted. Clients know it by the spelling that exchanges use. */
            unrealized_pnl: components["schemas"]["ValueText"];
        };
        /**
         * @description Which of the two an option is.
         * @enum {string}
         */
        OptionStyle: "call" | "put";
        /** @description How prices become one price, and when that is good enough. */
        OracleParams: {
            /** @description A report counts for this long. */
            age_max: components["schemas"]["SpanMs"];
            /** @description A report may be this far ahead of the pool's clock. */
            ahead_max: components["schemas"]["SpanMs"];
            /** @description Widest confidence that a report may carry, of its price. */
            confidence_max: components["schemas"]["FractionText"];
            /** @description A group further from the median than its confidence and this band is dropped. */
            deviation_band: components["schemas"]["FractionText"];
            /** @description Largest step of a source against its own last report. */
            jump_max: components["schemas"]["FractionText"];
            /** @description After a feed comes back, its prices start no liquidation for this long. */
            recovery_grace: components["schemas"]["SpanMs"];
        };
        /**
         * @description The address that commands an account: 20 bytes.
         * @example 0x00000000000000000000000000000000000000a1
         */
        OwnerText: string;
        /** @description A list, or the part of it that was asked for. */
        Page_AccountLine: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /** @description Account. */
                account: components["schemas"]["AccountNumber"];
                breach?: components["schemas"]["BreachState"] | null;
                /** @description What would be left if everything were sold at its price and every debt paid. */
                equity: components["schemas"]["ValueText"];
                /** @description Equity beyond the initial margin; negative where it is missing. */
                free_collateral: components["schemas"]["ValueText"];
                health?: components["schemas"]["RatioText"] | null;
                /** @description Requirement for whatever adds risk. */
                initial_margin: components["schemas"]["ValueText"];
                /** @description Requirement below which it is liquidated. */
                maintenance_margin: components["schemas"]["ValueText"];
                margin_ratio?: components["schemas"]["RatioText"] | null;
                /** @description How it is margined. */
                mode: components["schemas"]["AccountMode"];
                /** @description Who commands it. */
                owner: components["schemas"]["OwnerText"];
                /** @description How it stands. */
                status: components["schemas"]["AccountStatus"];
                /**
                 * Format: int32
                 * @description Which of the owner's accounts it is.
                 */
                sub: number;
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_AgentLine: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Last moment at which it may, in milliseconds; one that is over stays listed until it is revoked.
                 */
                expires_at: number;
                /** @description What it may do. */
                scope: components["schemas"]["AgentScope"];
                /** @description The key. */
                signer: components["schemas"]["SignerText"];
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_Asset: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /** @description Asset. */
                asset: components["schemas"]["AssetName"];
                /** @description Class. */
                class: components["schemas"]["AssetClass"];
                /** @description Share of its value that counts when it stands alone, at maintenance. */
                collateral_factor: components["schemas"]["FractionText"];
                /** @description Units in custody. */
                custody: components["schemas"]["AmountText"];
                /**
                 * Format: int32
                 * @description Decimals of the smallest unit.
                 */
                decimals: number;
                /** @description Units that bids for collections have put down. */
                escrow: components["schemas"]["AmountText"];
                /** @description Factors that its price moves with. */
                factors: components["schemas"]["FactorName"][];
                feed?: components["schemas"]["FeedName"] | null;
                /** @description Is lending halted until the loss of a debtor who cannot pay has been shared? */
                halted: boolean;
                /** @description Units that accounts hold, lent to nobody. */
                held: components["schemas"]["AmountText"];
                /** @description Units that lenders are owed. */
                lent: components["schemas"]["AmountText"];
                /** @description Units that can be borrowed or recalled now. */
                liquidity: components["schemas"]["AmountText"];
                /** @description Units that borrowers owe. */
                owed: components["schemas"]["AmountText"];
                price?: components["schemas"]["PriceText"] | null;
                /** @description Are profits and losses settled in it? */
                settlement: boolean;
                /** @description Share of what was lent that is owed. */
                utilisation: components["schemas"]["FractionText"];
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_FeedPrice: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Milliseconds between the price and the last entry; none before the first.
                 */
                age_ms?: number | null;
                /** @description Feed. */
                feed: components["schemas"]["FeedName"];
                price?: components["schemas"]["PriceText"] | null;
                /** @description What each source said last. */
                sources: components["schemas"]["SourcePrice"][];
                stable_price?: components["schemas"]["PriceText"] | null;
                uncertainty?: components["schemas"]["UncertaintyText"] | null;
                /** @description How much evidence stands behind it. */
                validity: components["schemas"]["PriceValidity"];
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_Market: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /**
                 * Format: int32
                 * @description Decimals of the smallest size.
                 */
                decimals: number;
                /** @description Factors that its mark price moves with. */
                factors: components["schemas"]["FactorName"][];
                /** @description Where its index price comes from. */
                feed: components["schemas"]["FeedName"];
                /** @description What one whole contract has paid since the beginning; of perpetuals alone. */
                funding_index: components["schemas"]["FundingIndexText"];
                index_price?: components["schemas"]["PriceText"] | null;
                mark_price?: components["schemas"]["PriceText"] | null;
                /** @description Market. */
                market: components["schemas"]["MarketName"];
                /** @description Size of all longs, equal to that of all shorts. */
                open_interest: components["schemas"]["SizeText"];
                /** @description Most long size. */
                open_interest_cap: components["schemas"]["SizeText"];
                /** @description Value of it at the mark price. */
                open_interest_value: components["schemas"]["ValueText"];
                /** @description Time-weighted premium of trades over the index; of perpetuals alone. */
                premium: components["schemas"]["SignedText"];
                /** @description What is traded. */
                product: components["schemas"]["Product"];
                settled_price?: components["schemas"]["PriceText"] | null;
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_PoolEvent: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: (components["schemas"]["Event"] & {
                /**
                 * Format: int64
                 * @description Number of its entry.
                 */
                height: number;
                /**
                 * Format: int64
                 * @description Number of the event.
                 */
                seq: number;
                /**
                 * Format: int64
                 * @description Time of its entry, in milliseconds.
                 */
                time: number;
            })[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A list, or the part of it that was asked for. */
        Page_PoolMoment: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Accounts below their initial margin.
                 */
                at_risk: number;
                /** @description Bad debt so far. */
                bad_debt: components["schemas"]["ValueText"];
                /** @description Value of everything in custody. */
                custody_value: components["schemas"]["ValueText"];
                /** @description Sum of the equity of accounts with obligations. */
                equity: components["schemas"]["ValueText"];
                /**
                 * Format: int64
                 * @description Number of the last entry then.
                 */
                height: number;
                /** @description Value of the insurance fund. */
                insurance_fund: components["schemas"]["ValueText"];
                /** @description Sum of their requirements at maintenance. */
                requirement: components["schemas"]["ValueText"];
                /**
                 * Format: int64
                 * @description Time of the last entry then, in milliseconds.
                 */
                time: number;
            }[];
            /** @description What to ask for the items after these with; none after the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description All parameters that belong to the pool as a whole. */
        Params: {
            /** @description Funding and mark. */
            funding: components["schemas"]["FundingParams"];
            /** @description Changes of parameters. */
            governance: components["schemas"]["GovernanceParams"];
            /** @description Liquidation. */
            liquidation: components["schemas"]["LiquidationParams"];
            /** @description Tiers and floors. */
            margin: components["schemas"]["MarginParams"];
        };
        /** @description An act of governance that waits. */
        PendingAct: {
            /** @description What it does. */
            act: components["schemas"]["Act"];
            /** @description Its number. */
            act_id: components["schemas"]["ActNumber"];
            /**
             * Format: int64
             * @description When it takes effect, in milliseconds.
             */
            effective_at: number;
        };
        /** @description How much of one asset the pool has. */
        PoolAsset: {
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Class. */
            class: components["schemas"]["AssetClass"];
            /** @description Units in custody. */
            custody: components["schemas"]["AmountText"];
            /** @description Units that bids for collections have put down. */
            escrow: components["schemas"]["AmountText"];
            /** @description Units that accounts hold, lent to nobody. */
            held: components["schemas"]["AmountText"];
            /** @description Units that lenders are owed. */
            lent: components["schemas"]["AmountText"];
            /** @description Units that borrowers owe. */
            owed: components["schemas"]["AmountText"];
            /** @description Share of the value of everything in custody. */
            share: components["schemas"]["FractionText"];
            /** @description Share of what was lent that is owed. */
            utilisation: components["schemas"]["FractionText"];
            /** @description Value of them. */
            value: components["schemas"]["ValueText"];
        };
        /** @description An event with its number. */
        PoolEvent: components["schemas"]["Event"] & {
            /**
             * Format: int64
             * @description Number of its entry.
             */
            height: number;
            /**
             * Format: int64
             * @description Number of the event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of its entry, in milliseconds.
             */
            time: number;
        };
        /** @description The pool at one time. */
        PoolMoment: {
            /**
             * Format: int64
             * @description Accounts below their initial margin.
             */
            at_risk: number;
            /** @description Bad debt so far. */
            bad_debt: components["schemas"]["ValueText"];
            /** @description Value of everything in custody. */
            custody_value: components["schemas"]["ValueText"];
            /** @description Sum of the equity of accounts with obligations. */
            equity: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Number of the last entry then.
             */
            height: number;
            /** @description Value of the insurance fund. */
            insurance_fund: components["schemas"]["ValueText"];
            /** @description Sum of their requirements at maintenance. */
            requirement: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Time of the last entry then, in milliseconds.
             */
            time: number;
        };
        /** @description The pool as a whole. */
        PoolRisk: {
            /**
             * Format: int64
             * @description Accounts of users.
             */
            accounts: number;
            /** @description By asset. */
            assets: components["schemas"]["PoolAsset"][];
            /**
             * Format: int64
             * @description Those below their initial margin.
             */
            at_risk: number;
            /** @description Bad debt so far. */
            bad_debt: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Height of the census that the sums over accounts are from.
             */
            census_height: number;
            /** @description Value of everything in custody. */
            custody_value: components["schemas"]["ValueText"];
            /** @description Sum of the equity of accounts with obligations. */
            equity: components["schemas"]["ValueText"];
            /** @description Accounts with obligations by health. */
            health_bands: components["schemas"]["HealthBand"][];
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description Value of the insurance fund. */
            insurance_fund: components["schemas"]["ValueText"];
            /** @description Bad debt that the insurance fund paid. */
            insured: components["schemas"]["ValueText"];
            /** @description Liquidations so far. */
            liquidations: components["schemas"]["LiquidationCount"];
            /** @description Sum of their requirements at maintenance. */
            requirement: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /** @description Bad debt that was shared. */
            socialised: components["schemas"]["ValueText"];
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A weight that falls with what the pool has. */
        PoolShare: {
            /** @description Asset. */
            asset: components["schemas"]["AssetName"];
            /** @description Value in the pool up to which all of it counts. */
            start: components["schemas"]["ValueText"];
        };
        /** @description What one source says about one feed. */
        PriceReport: {
            /** @description Half width of the source's own confidence interval. */
            confidence: components["schemas"]["UncertaintyText"];
            /** @description Feed. */
            feed: components["schemas"]["FeedName"];
            /** @description Price. */
            price: components["schemas"]["PriceText"];
            /** @description When it was published. */
            published_at: components["schemas"]["TimeMs"];
            /** @description Source. */
            source: components["schemas"]["SourceName"];
        };
        /**
         * @description A price in dollars for one whole unit, to twelve decimals.
         * @example 1850.25
         */
        PriceText: string;
        /**
         * @description How much evidence stands behind a price.
         * @enum {string}
         */
        PriceValidity: "full" | "reduced" | "disputed" | "frozen";
        /** @description What a market trades. */
        Product: {
            /** @enum {string} */
            type: "perp";
        } | {
            expiry: components["schemas"]["TimeMs"];
            forward: components["schemas"]["FeedName"];
            /** @enum {string} */
            type: "future";
        } | {
            expiry: components["schemas"]["TimeMs"];
            forward: components["schemas"]["FeedName"];
            strike: components["schemas"]["PriceText"];
            style: components["schemas"]["OptionStyle"];
            /** @enum {string} */
            type: "option";
        };
        /** @description A redemption rate and its time. */
        Rate: {
            /** @description When it held. */
            at: components["schemas"]["TimeMs"];
            /** @description Units of the underlying for one unit of the asset. */
            ratio: components["schemas"]["PriceText"];
            /**
             * Format: int64
             * @description Orders rates of the same time.
             */
            sequence: number;
        };
        /** @description How the redemption rate of an asset makes its price. */
        RateSpec: {
            /** @description A rate counts for this long. */
            age_max: components["schemas"]["SpanMs"];
            /** @description A market price further below redemption than this is a discount. */
            discount_band: components["schemas"]["FractionText"];
            /** @description Deepest fall that counts at once. */
            fall_max: components["schemas"]["FractionText"];
            /** @description Fastest growth of the rate, a year. */
            growth_max: components["schemas"]["FractionText"];
            /** @description How long a discount or a deep fall lasts until it is believed. */
            patience: components["schemas"]["SpanMs"];
            /** @description Feed of what the asset is redeemed for. */
            underlying: components["schemas"]["FeedName"];
        };
        /**
         * @description A multiple, to nine decimals.
         * @example 1.25
         */
        RatioText: string;
        /** @description How the haircut of a claim grows with what is not known of it. */
        RealWorld: {
            /** @description When its market closes, from Monday 00:00 UTC; the same as `opens`: never. */
            closes: components["schemas"]["SpanMs"];
            /** @description Haircut for each day that its value is older than that. */
            haircut_a_day: components["schemas"]["FractionText"];
            /** @description Haircut for a year of waiting in the redemption queue. */
            haircut_a_year: components["schemas"]["FractionText"];
            /** @description Haircut while its market is closed. */
            haircut_closed: components["schemas"]["FractionText"];
            /** @description Its issuer values it at least so often. */
            heartbeat: components["schemas"]["SpanMs"];
            /** @description A commitment to buy it counts for this long after it was lowered. */
            notice: components["schemas"]["SpanMs"];
            /** @description When its market opens again. */
            opens: components["schemas"]["SpanMs"];
        };
        /**
         * @description Why a message, or one observation of it, does not count.
         * @enum {string}
         */
        Refusal: "malformed" | "oversized" | "unsupported" | "unknown_set" | "expired_set" | "early_set" | "quorum" | "bad_signature" | "bad_signer_index" | "wrong_emitter" | "wrong_feed" | "wrong_unit" | "stale" | "ahead" | "not_newer" | "expired" | "non_positive" | "uncertain" | "market_closed" | "clamped" | "proof_mismatch" | "out_of_order" | "failed_transaction" | "participation" | "not_for_us" | "not_final" | "spent" | "too_large";
        /** @description The first command that would be refused. */
        Refused: {
            /** @description The rule. */
            error: components["schemas"]["Error"];
            /**
             * Format: int64
             * @description Its place among the actions, from 0.
             */
            index: number;
        };
        /** @description What is asked of a replay; what is absent stays as it is. */
        ReplayChange: {
            /**
             * Format: int64
             * @description Instant to go on from, in milliseconds; forward only: the pool's time never runs back.
             */
            jump_to?: number;
            /** @description Should it stand still? */
            paused?: boolean;
            /**
             * Format: double
             * @description Seconds of its time in a second of ours.
             */
            speed?: number;
        };
        /** @description Where a replay is. */
        ReplayState: {
            /**
             * Format: int64
             * @description Last instant.
             */
            end: number;
            /** @description Has it come to its end? */
            finished: boolean;
            /** @description Are its prices reconstructed from few known points, not recorded? */
            is_reconstructed: boolean;
            /** @description Name of what is replayed. */
            name: string;
            /** @description Does it stand still? */
            paused: boolean;
            /**
             * Format: int64
             * @description Where it is.
             */
            position: number;
            /**
             * Format: double
             * @description Seconds of its time in a second of ours.
             */
            speed: number;
            /**
             * Format: int64
             * @description First instant, in milliseconds.
             */
            start: number;
        };
        /** @description Where the replay is. */
        ReplayStatus: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description The replay. */
            replay: components["schemas"]["ReplayState"];
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /**
         * @description Why a price report does not count.
         * @enum {string}
         */
        ReportFault: "unknown" | "stale" | "ahead" | "not_newer" | "uncertain" | "jump" | "unsigned" | "apart" | "bounds" | "expired";
        /**
         * @description What the requirement at maintenance is made of.
         * @enum {string}
         */
        RequirementPart: "nothing" | "joint" | "standalone" | "gross_floor" | "tails" | "standard";
        /** @description The rules of the pool. */
        RiskParams: {
            /** @description Caps of assets. */
            assets: components["schemas"]["AssetParams"][];
            /** @description Risk factors. */
            factors: components["schemas"]["FactorParams"][];
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description Caps of markets. */
            markets: components["schemas"]["MarketParams"][];
            /**
             * Format: int64
             * @description Height at which parameters changed last.
             */
            params_version: number;
            /** @description What governance has scheduled. */
            pending_acts: components["schemas"]["PendingAct"][];
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /** @description Tiers. */
            tiers: components["schemas"]["TierParams"];
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description A signer set hands over to the next. */
        Rotation: {
            /**
             * Format: int32
             * @description Number of the new set.
             */
            index: number;
            /** @description Its members. */
            keys: components["schemas"]["OwnerText"][];
            /** @description Whose set it is. */
            network: components["schemas"]["Network"];
            /** @description The set that says so. */
            signed_by: components["schemas"]["DigestText"];
        };
        /** @description The joint scenario that costs the account most. */
        Scenario: {
            /** @description End of the band of loadings. */
            end: components["schemas"]["ScenarioEnd"];
            /** @description The common move: -1 where everything falls, 1 where it rises, 0 where neither hurts; with options a part of the range. */
            level: components["schemas"]["SignedText"];
            vol?: components["schemas"]["VolChange"] | null;
        };
        /**
         * @description An end of the band of loadings.
         * @enum {string}
         */
        ScenarioEnd: "calm" | "mid" | "panic";
        /** @description Loss in the joint scenarios, by the end of the band. */
        ScenarioLosses: {
            /** @description With the loadings of calm markets. */
            calm: components["schemas"]["ValueText"];
            /** @description Half way. */
            mid: components["schemas"]["ValueText"];
            /** @description With the loadings of a panic. */
            panic: components["schemas"]["ValueText"];
        };
        /**
         * @description The settlement asset by its symbol: the first one that is listed.
         * @example USDC
         */
        SettlementName: string;
        /**
         * @description Raw shares of a lending pool, a whole number.
         * @example 1000000
         */
        SharesText: string;
        /**
         * @description Which way a factor moves.
         * @enum {string}
         */
        Side: "down" | "up";
        /**
         * @description A signed part of a whole, to nine decimals.
         * @example -0.0001
         */
        SignedText: string;
        /** @description Who signs for a network, for a time. */
        SignerSet: {
            expires_at?: components["schemas"]["TimeMs"] | null;
            /** @description Name within the network. */
            id: components["schemas"]["DigestText"];
            /** @description Members, in the network's own order. */
            keys: components["schemas"]["OwnerText"][];
            /** @description Network. */
            network: components["schemas"]["Network"];
            /** @description How many must sign. */
            threshold: components["schemas"]["Threshold"];
            /** @description From when on it counts. */
            valid_from: components["schemas"]["TimeMs"];
        };
        /**
         * @description A key that signs: an address, or `ed25519:` and 32 bytes.
         * @example 0x00000000000000000000000000000000000000a1
         */
        SignerText: string;
        /** @description How commands of this pool are signed. */
        Signing: {
            /** @description What signatures are bound to. */
            domain: components["schemas"]["SigningDomain"];
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds: nonces and deadlines are of this clock.
             */
            time: number;
            /** @description The types of all commands. */
            types: components["schemas"]["BTreeMap"];
        };
        /** @description What signatures of a pool's commands are bound to. */
        SigningDomain: {
            /**
             * Format: int64
             * @description Chain that the wallet must be on.
             */
            chainId: number;
            /** @description The application. */
            name: string;
            /** @description The pool's id. */
            salt: string;
            /** @description Version of its messages. */
            version: string;
        };
        /** @description A command that somebody wants to sign. */
        SigningRequest: {
            /** @description What is asked. */
            action: components["schemas"]["Command"];
            /**
             * Format: int64
             * @description Last moment at which the signature counts, in milliseconds.
             */
            deadline: number;
            /**
             * Format: int64
             * @description The signer's time, in milliseconds; it counts once.
             */
            nonce: number;
        };
        /** @description What would become of an account. */
        Simulated: {
            /** @description Account. */
            account: components["schemas"]["AccountNumber"];
            after?: components["schemas"]["MarginSummary"] | null;
            after_error?: components["schemas"]["Error"] | null;
            /** @description As it stands. */
            before: components["schemas"]["MarginSummary"];
            /** @description What would happen. */
            events: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            refused?: components["schemas"]["Refused"] | null;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description What is asked: first the commands happen, then the prices move. */
        SimulateRequest: {
            account: number | string;
            /** @description Commands of whomever, in order; no tick and no founding. */
            actions?: components["schemas"]["Command"][];
            price_shocks?: {
                [key: string]: string;
            };
        };
        /**
         * @description A size in whole contracts of its market; positive is long, negative is short.
         * @example -0.25
         */
        SizeText: string;
        /** @description Implied volatilities of an expiry, a year, by how far a strike is from the forward: in deviations, which are the volatility at the money times the root of the time left. */
        Smile: {
            /** @description One deviation below. */
            down: components["schemas"]["RatioText"];
            /** @description Two deviations below the forward, and further. */
            far_down: components["schemas"]["RatioText"];
            /** @description Two deviations above, and further. */
            far_up: components["schemas"]["RatioText"];
            /** @description At the forward. */
            money: components["schemas"]["RatioText"];
            /** @description One deviation above. */
            up: components["schemas"]["RatioText"];
        };
        /**
         * @description A reporter of prices by its symbol, or `source:9` by its index.
         * @example alpha
         */
        SourceName: string;
        /** @description What one source said last. */
        SourcePrice: {
            /** @description Half width of the source's own confidence interval. */
            confidence: components["schemas"]["UncertaintyText"];
            /**
             * Format: int32
             * @description Operator group: all sources of one group have one vote.
             */
            group: number;
            /** @description Price. */
            price: components["schemas"]["PriceText"];
            /**
             * Format: int64
             * @description When it was published, in milliseconds.
             */
            published_at: number;
            /** @description Source. */
            source: components["schemas"]["SourceName"];
        };
        /** @description A length of time in milliseconds. */
        SpanMs: number;
        /** @description A bid of an account for units of a collection. */
        StandingBid: {
            /** @description Collection. */
            asset: components["schemas"]["AssetName"];
            /** @description Its number. */
            bid: components["schemas"]["BidNumber"];
            /**
             * Format: int32
             * @description For so many units.
             */
            count: number;
            /**
             * Format: int64
             * @description When it ends, in milliseconds; none where it was not cancelled.
             */
            ends_at?: number | null;
            /** @description For one unit, in the settlement asset. */
            price: components["schemas"]["AmountText"];
        };
        /** @description What a pool acts on of a message that was verified. */
        Statement: {
            spec: components["schemas"]["Observation"];
            /** @enum {string} */
            type: "price";
        } | {
            spec: components["schemas"]["Rotation"];
            /** @enum {string} */
            type: "rotation";
        } | {
            spec: components["schemas"]["ChainText"];
            /** @enum {string} */
            type: "chain";
        };
        /** @description One message of a stream. */
        StreamMessage: {
            /** @description The content of an update as JSON: channel, seq, height, time, kind and data. */
            data: string;
            /** @description Channel. */
            event: string;
            /** @description Number of the event, on the channels of events. */
            id?: string;
        };
        /**
         * @description What an observation of a bound feed says.
         * @enum {string}
         */
        Subject: "price" | "rate";
        /** @description What one source says about the volatilities of one expiry. */
        SurfaceReport: {
            /** @description Expiry. */
            expiry: components["schemas"]["TimeMs"];
            /** @description Feed of the index. */
            feed: components["schemas"]["FeedName"];
            /** @description When it was published. */
            published_at: components["schemas"]["TimeMs"];
            /** @description Implied volatilities. */
            smile: components["schemas"]["Smile"];
            /** @description Source. */
            source: components["schemas"]["SourceName"];
        };
        /**
         * @description The name that something is listed under: 1 to 16 printable letters without spaces.
         * @example ETH
         */
        SymbolText: string;
        /** @description How many members of a set must sign. */
        Threshold: {
            /** @enum {string} */
            type: "two_thirds";
        } | {
            /** @enum {string} */
            type: "majority";
        } | {
            /** Format: int32 */
            spec: number;
            /** @enum {string} */
            type: "faulty";
        } | {
            /** Format: int32 */
            spec: number;
            /** @enum {string} */
            type: "fixed";
        };
        /** @description Ranges of each tier over those of maintenance. */
        TierParams: {
            /** @description For whatever adds risk. */
            initial: components["schemas"]["RatioText"];
            /** @description Below it an account is liquidated: 1. */
            maintenance: components["schemas"]["RatioText"];
            /** @description Where a liquidation stops. */
            target: components["schemas"]["RatioText"];
        };
        /** @description A moment: milliseconds since 1970-01-01 UTC. */
        TimeMs: number;
        /** @description What is to be signed. */
        ToSign: {
            /** @description Hash of it: what a key signs, and the id of the transaction. */
            digest: string;
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
            /** @description For a wallet. */
            typed_data: components["schemas"]["TypedData"];
        };
        /** @description A command that happened, and is durable. */
        TxAccepted: {
            /** @description The client's own id. */
            client_id?: string | null;
            /** @description What happened. */
            events: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description Number of its entry.
             */
            height: number;
            /**
             * Format: int64
             * @description Number of its last event.
             */
            seq: number;
            /** @description That it happened. */
            status: components["schemas"]["TxStatus"];
            /**
             * Format: int64
             * @description Time of its entry, in milliseconds.
             */
            time: number;
            /** @description Of a signed command the digest that was signed; of others a hash, with the client's id or else the height. */
            tx_id: string;
        };
        /** @description What became of the commands of a batch. */
        TxBatch: {
            /**
             * Format: int64
             * @description Number of the last entry.
             */
            height: number;
            /** @description One for each command, in their order. */
            items: components["schemas"]["TxOutcome"][];
            /**
             * Format: int64
             * @description Number of the last event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Time of the last entry, in milliseconds.
             */
            time: number;
        };
        /** @description Commands, in order; each is accepted or refused by itself. */
        TxBatchRequest: {
            /** @description The commands. */
            transactions: components["schemas"]["TxRequest"][];
        };
        /** @description What became of one command of a batch. */
        TxOutcome: {
            /** @description The client's own id. */
            client_id?: string | null;
            error?: components["schemas"]["Error"] | null;
            /** @description What happened. */
            events: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description Number of its entry; none where it was not ordered.
             */
            height?: number | null;
            /** @description Did it happen? */
            status: components["schemas"]["TxStatus"];
            /** @description Hash of the command; none where it was not ordered. */
            tx_id?: string | null;
        };
        /** @description A command and what the client says about it. */
        TxRequest: {
            /** @description What is asked. */
            action: components["schemas"]["Command"];
            /**
             * Format: int64
             * @description In development only: the time of the entry, in milliseconds; moved up to the last entry's where it is earlier.
             */
            at?: number;
            /**
             * @description The client's own id: the same id with the same action is the same command, and gets the same answer. A signed command
             *     is known by what was signed, and its id only comes back.
             */
            client_id?: string;
        };
        /**
         * @description What became of a command.
         * @enum {string}
         */
        TxStatus: "accepted" | "refused";
        /** @description Typed data as `eth_signTypedData_v4` takes it. */
        TypedData: {
            /** @description What the signature is bound to. */
            domain: components["schemas"]["SigningDomain"];
            /** @description The command's fields; numbers are text, so that none is cut. */
            message: {
                [key: string]: unknown;
            };
            /** @description Name of the command's type. */
            primaryType: string;
            /** @description The domain's type and the command's. */
            types: components["schemas"]["BTreeMap"];
        };
        /**
         * @description Half the width of an interval of prices, in dollars, to twelve decimals.
         * @example 0.75
         */
        UncertaintyText: string;
        UnsignedCommand: components["schemas"]["Command"];
        /**
         * @description How much evidence stands behind a price.
         * @enum {string}
         */
        Validity: "frozen" | "disputed" | "reduced" | "full";
        /**
         * @description A value in dollars, to eight decimals; negative is a loss or a debt.
         * @example -12.5
         */
        ValueText: string;
        /**
         * @description How volatilities move in a scenario.
         * @enum {string}
         */
        VolChange: "down" | "same" | "up" | "front" | "back";
        /**
         * @description A whole number.
         * @example 42
         */
        WholeText: string;
        /** @description An asset and a factor that fail together. */
        WrongWay: {
            /** @description The collateral. */
            asset: components["schemas"]["AssetName"];
            /** @description What positions move with that fail with it: long ones. */
            factor: components["schemas"]["FactorName"];
            /** @description How much of the collateral does not count, of each dollar that is open the wrong way. */
            share: components["schemas"]["FractionText"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    accounts: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Most items. */
                limit?: number;
                /** @description Those of one owner, by number. */
                owner?: string;
                /** @description In which order. */
                sort?: "account" | "health";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccountLine"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSummary"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    agents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AgentLine"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    account_history: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Events of one kind. */
                kind?: components["schemas"]["EventKind"];
                /** @description Most items. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PoolEvent"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All assets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Asset"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    events: {
        parameters: {
            query: {
                /**
                 * @description Channels with commas between: status, prices, pool, markets, params, candidates, replay, account.17, events,
                 *     liquidations.
                 */
                channels: string;
                /** @description Event to go on with, on the channels of events. */
                from_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream without an end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StreamMessage"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    evidence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvidenceRequest"];
            };
        };
        responses: {
            /** @description They hold; the events say which of them counted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TxAccepted"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    history: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Events of one kind. */
                kind?: components["schemas"]["EventKind"];
                /** @description Most items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PoolEvent"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    candidates: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Most items. */
                limit?: number;
                /** @description Those below this health; 1.1 unless told otherwise. */
                max_health?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccountLine"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    liquidations: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Events of one kind. */
                kind?: components["schemas"]["EventKind"];
                /** @description Most items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PoolEvent"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    markets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All markets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Market"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    prices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All feeds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FeedPrice"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The replay. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayStatus"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    change_replay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayChange"];
            };
        };
        responses: {
            /** @description The replay after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayStatus"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    params: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskParams"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    pool: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pool. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolRisk"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    pool_history: {
        parameters: {
            query?: {
                /** @description Where to go on, from `next_cursor`. */
                cursor?: string;
                /** @description Most items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Moments. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PoolMoment"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    signing: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Domain and types. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Signing"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    to_sign: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SigningRequest"];
            };
        };
        responses: {
            /** @description What is to be signed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToSign"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    simulate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulateRequest"];
            };
        };
        responses: {
            /** @description The account before and after. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulated"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: {
                /** @description Hash the whole state: takes some time in a large pool. */
                digest?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the node is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeStatus"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tx: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TxRequest"];
            };
        };
        responses: {
            /** @description It happened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TxAccepted"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tx_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TxBatchRequest"];
            };
        };
        responses: {
            /** @description What became of each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TxBatch"];
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What was asked for does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The client's id was used for something else. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is not declared as JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A rule of the pool would be broken. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    ws: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket is open. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request cannot be understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request comes from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not with this method. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A WebSocket begins with an upgrade. */
            426: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description More requests than the client may send; see retry-after. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A bug. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The node orders nothing now, or too much waits already. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
